#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A regular file open for positioned reads; safe to share, since it has no position of its own.
package final class InputFile: Sendable {
  package let path: String
  let descriptor: CInt
  /// The size in bytes when the file was opened.
  package let size: Int
  /// The device the file is on, as `st_dev` gives it.
  let device: UInt64
  /// The time of the last change in nanoseconds since 1970.
  package let modified: Int

  /// Opens a regular file; a directory, FIFO or device is refused without waiting for anyone to write to it.
  package init(path: String) throws(FileError) {
    guard !path.utf8.contains(0) else {
      throw FileError(.missing, path: path, "expected the name of a file, found a name with a NUL in it")
    }
    let descriptor = Platform.retrying { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else {
      let isMissing = errno == ENOENT || errno == ENOTDIR
      if path == "-", isMissing {
        throw FileError(
          .missing, path: path,
          "expected the name of a file, found standard input, which is not supported here: arrays and heads are read at "
            + "any place; name a file")
      }
      throw FileError(
        isMissing ? .missing : .unreadable, path: path, "cannot be opened: \(Platform.lastError)")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let reason = Platform.lastError
      close(descriptor)
      throw FileError(.unreadable, path: path, "cannot be examined: \(reason)")
    }
    if let kind = Platform.irregularKind(status.st_mode) {
      close(descriptor)
      throw FileError(.unreadable, path: path, "expected a file, found \(kind)")
    }
    self.path = path
    self.descriptor = descriptor
    size = Int(status.st_size)
    device = UInt64(truncatingIfNeeded: status.st_dev)
    modified = Self.modified(status)
  }

  deinit { close(descriptor) }

  private static func modified(_ status: stat) -> Int {
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    return Int(time.tv_sec) &* 1_000_000_000 &+ Int(time.tv_nsec)
  }

  /// Checks that nobody has written to the file since it was opened: what was read of it is one version of it.
  ///
  /// - Throws: `FileError` (`malformed`).
  package func checkUnchanged() throws(FileError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, Self.modified(status) == modified else {
      throw FileError(
        .malformed, path: path, "expected a file that stays as it is while it is read, found it changed; start over")
    }
  }

  /// The size in bytes now; the file may have grown or shrunk since it was opened.
  var currentSize: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Fills `bytes` from the file's bytes at `offset`.
  ///
  /// - Throws: `FileError` (`truncated` when the file ends first, which only a file that shrank does; `readFailed`).
  package func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let count = Platform.retrying {
        pread(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
      }
      guard count >= 0 else {
        throw FileError(.readFailed, path: path, "cannot be read at byte \(offset + done): \(Platform.lastError)")
      }
      guard count > 0 else {
        throw FileError(
          .truncated, path: path,
          "expected \(bytes.count) bytes at byte \(offset), found \(done): the file was cut off while it was being read"
        )
      }
      done += count
    }
  }

  /// The file's bytes at `offset`, a number that was compared with `size` before.
  package func bytes(_ count: Int, at offset: Int) throws(FileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBufferPointer { (buffer) throws(FileError) in
      try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
    }
    return bytes
  }
}
