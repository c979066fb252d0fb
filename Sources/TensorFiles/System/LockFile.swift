#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Keeps other processes from a file that is replaced again and again, which can have no lock of its own.
///
/// It is an empty file beside it, NAME.lock, that is there as long as this object is. One that a killed process left
/// behind keeps nobody out.
package final class LockFile: Sendable {
  private let path: String
  private let descriptor: CInt

  /// - Throws: `FileError` (`busy` when another process has it; `cannotCreate`).
  package init(guarding guarded: String) throws(FileError) {
    let path = guarded + ".lock"
    let descriptor = Platform.retrying { open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666) }
    guard descriptor >= 0 else {
      throw FileError(.cannotCreate, path: guarded, "cannot be created: \(Platform.lastError)")
    }
    do throws(FileError) {
      try Platform.lock(descriptor, named: path, for: guarded)
    } catch {
      close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit {
    unlink(path)
    close(descriptor)
  }
}
