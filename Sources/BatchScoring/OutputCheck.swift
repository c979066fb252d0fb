internal import TensorFiles

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What can be known about an output before any work is done for it.
enum OutputCheck {
  /// Refuses a name that is taken or cannot be created, and one that is an input of the same job.
  static func check(_ path: String, overwrite: Bool, inputs: [String]) throws(ScoringError) {
    if let output = identity(of: path), let input = inputs.first(where: { identity(of: $0) == output }) {
      throw ScoringError(
        .usage, "\(path): expected an output of its own, found the input \(input); choose another name")
    }
    _ = try fromFile { () throws(FileError) in try AtomicFile(path: path, overwrite: overwrite).path }
  }

  /// Device and file number: what two names of one file share.
  private static func identity(of path: String) -> [UInt64]? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return [UInt64(truncatingIfNeeded: status.st_dev), UInt64(truncatingIfNeeded: status.st_ino)]
  }
}
