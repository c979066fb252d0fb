internal import Synchronization

/// Whether this process has begun to write files or to make folders: one that has not can end at any moment and leaves
/// nothing behind.
package enum OutputFiles {
  private static let begun = Atomic<Bool>(false)

  package static var haveBegun: Bool { begun.load(ordering: .relaxed) }

  static func begin() { begun.store(true, ordering: .relaxed) }
}
