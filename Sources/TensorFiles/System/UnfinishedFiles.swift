internal import Synchronization

/// The files that this process is writing and that have no name yet: a process that ended at once would leave them behind.
package enum UnfinishedFiles {
  private static let count = Atomic<Int>(0)

  /// Whether there are any.
  package static var exist: Bool { count.load(ordering: .relaxed) > 0 }

  static func add() { count.add(1, ordering: .relaxed) }
  static func remove() { count.subtract(1, ordering: .relaxed) }
}
