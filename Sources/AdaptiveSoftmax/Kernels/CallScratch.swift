import Synchronization

/// Memory for what a call keeps between its kernels.
///
/// The n-th piece a call takes is the n-th piece that earlier calls took, grown when it must be, so that after the first
/// call nothing is allocated; calls from several tasks never share. A piece beyond `mostKept` bytes is given back when its
/// call ends.
final class CallScratch: @unchecked Sendable {
  private var pieces: [TensorStorage<UInt8>] = []
  private var taken = 0

  /// Enough for the calls that are made again and again; an allocation of more is nothing beside the work on it.
  static let mostKept = 64 << 20

  private static let pool = Mutex<[CallScratch]>([])

  private init() {}

  /// Lends one to `body` for the time of one call.
  static func with<Result>(_ body: (CallScratch) throws(SoftmaxError) -> Result) throws(SoftmaxError) -> Result {
    let scratch = pool.withLock { $0.popLast() } ?? CallScratch()
    defer {
      scratch.taken = 0
      scratch.pieces.removeAll { $0.count > mostKept }
      pool.withLock { $0.append(scratch) }
    }
    return try body(scratch)
  }

  /// Bytes of the largest piece that is kept for the next calls.
  static var largestKept: Int { pool.withLock { $0.reduce(0) { max($0, $1.pieces.map(\.count).max() ?? 0) } } }

  /// Uninitialised memory for `count` elements, 64-byte aligned, until the call ends.
  ///
  /// - Throws: `SoftmaxError` (`memory`).
  func take<Element: BitwiseCopyable>(_ type: Element.Type = Element.self, _ count: Int) throws(SoftmaxError)
    -> UnsafeMutablePointer<Element>
  {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    if taken == pieces.count || pieces[taken].count < bytes || overflow {
      guard !overflow, let piece = TensorStorage<UInt8>(uninitialized: bytes) else {
        throw SoftmaxError(.memory, "out of memory: scratch of \(count) elements could not be allocated")
      }
      if taken == pieces.count { pieces.append(piece) } else { pieces[taken] = piece }
    }
    defer { taken += 1 }
    return UnsafeMutableRawPointer(pieces[taken].base).bindMemory(to: Element.self, capacity: count)
  }
}
