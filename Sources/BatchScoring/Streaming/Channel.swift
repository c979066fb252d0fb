/// A queue between two threads: what is sent comes out in order; the receiver waits, until the queue is closed.
///
/// It has no bound of its own: a pipeline sends as many elements as it has batches.
final class Channel<Element>: @unchecked Sendable {
  private let lock: Lock
  private var elements: [Element]
  private var isClosed = false

  init(_ elements: [Element] = []) {
    self.elements = elements
    lock = Lock()
  }

  /// Appends an element; false, and the element is dropped, once the queue is closed.
  @discardableResult
  func send(_ element: sending Element) -> Bool {
    lock.locked {
      guard !isClosed else { return false }
      elements.append(element)
      lock.signal()
      return true
    }
  }

  /// The first element, waiting for one; nil when the queue is closed and empty.
  func receive() -> Element? {
    lock.locked {
      while elements.isEmpty, !isClosed { lock.wait() }
      return elements.isEmpty ? nil : elements.removeFirst()
    }
  }

  /// Lets nothing more in.
  func close() {
    lock.locked {
      isClosed = true
      lock.signal()
    }
  }
}
