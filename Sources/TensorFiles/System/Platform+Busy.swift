#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Whether another process writes something, asked without creating anything.
extension Platform {
  /// - Throws: `FileError` (`busy` when another process has locked the file of this name, if there is one).
  fileprivate static func checkFree(_ name: String, for path: String) throws(FileError) {
    let descriptor = retrying { open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) }
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    // A shared lock, so that two that ask are not in each other's way.
    guard flock(descriptor, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK else { return }
    throw busy(path)
  }
}

extension LockFile {
  /// Checks that no other process has the lock.
  ///
  /// - Throws: `FileError` (`busy`).
  package static func checkFree(guarding guarded: String) throws(FileError) {
    try Platform.checkFree(guarded + ".lock", for: guarded)
  }
}

extension PartialFile {
  /// Checks that no other process writes the file that will have this name.
  ///
  /// - Throws: `FileError` (`busy`).
  package static func checkFree(path: String) throws(FileError) {
    try Platform.checkFree(partialPath(of: path), for: path)
  }
}
