#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The system calls this library makes, each with the retries and checks that it needs.
package enum Platform {
  /// The last error in words, such as "No such file or directory".
  static var lastError: String { String(cString: strerror(errno)) }

  /// Repeats a call that a signal interrupted.
  static func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
      let result = call()
      if result != -1 || errno != EINTR { return result }
    }
  }

  /// Writes all bytes at a position of an open file.
  ///
  /// - Throws: `FileError` (`writeFailed`).
  static func write(
    _ bytes: UnsafeRawBufferPointer, to descriptor: CInt, at offset: Int, of path: String
  ) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let written = retrying {
        pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
      }
      guard written > 0 else {
        throw FileError(.writeFailed, path: path, "cannot be written at byte \(offset + done): \(lastError)")
      }
      done += written
    }
  }

  /// Flushes what was written to an open file to the disk.
  ///
  /// - Throws: `FileError` (`writeFailed`).
  static func flush(_ descriptor: CInt, of path: String) throws(FileError) {
    guard retrying({ fsync(descriptor) }) == 0 else {
      throw FileError(.writeFailed, path: path, "cannot be flushed to the disk: \(lastError)")
    }
  }

  /// Makes a folder for outputs; false where there is one already, or none can be made.
  package static func makeFolder(_ path: String) -> Bool {
    OutputFiles.begin()
    return mkdir(path, 0o777) == 0
  }

  /// Bytes aligned to cache lines, to be given back with `deallocate`; nil when there is no memory for them.
  static func allocate(byteCount: Int) -> UnsafeMutableRawBufferPointer? {
    var start: UnsafeMutableRawPointer?
    guard posix_memalign(&start, 64, max(byteCount, 1)) == 0 else { return nil }
    return UnsafeMutableRawBufferPointer(start: start, count: byteCount)
  }

  static func deallocate(_ bytes: UnsafeMutableRawBufferPointer) { free(bytes.baseAddress) }

  static func areOneFile(_ a: stat, _ b: stat) -> Bool { a.st_ino == b.st_ino && a.st_dev == b.st_dev }

  /// Locks an open file until it is closed.
  ///
  /// The process that had it may have renamed or removed it before the lock was ours: a file that no longer has its
  /// name is not ours either. Where the file system has no locks there is none.
  ///
  /// - Throws: `FileError` (`busy`).
  static func lock(_ descriptor: CInt, named name: String, for path: String) throws(FileError) {
    let isTaken = flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
    guard !isTaken, hasName(name, descriptor) else { throw busy(path) }
  }

  /// Whether an open file is the one of this name.
  static func hasName(_ name: String, _ descriptor: CInt) -> Bool {
    var (ours, named) = (stat(), stat())
    return fstat(descriptor, &ours) == 0 && lstat(name, &named) == 0 && areOneFile(ours, named)
  }

  static func busy(_ path: String) -> FileError {
    FileError(.busy, path: path, "is being written by another process; let it finish or end it")
  }

  /// What kind of thing a mode describes, for errors; nil for a regular file.
  static func irregularKind(_ mode: mode_t) -> String? {
    switch mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: "a directory"
    case S_IFIFO: "a FIFO"
    case S_IFCHR, S_IFBLK: "a device"
    case S_IFSOCK: "a socket"
    default: "something that is not a file"
    }
  }

  /// The path with all links resolved; nil where nothing has it.
  package static func resolved(_ path: String) -> String? {
    realpath(path, nil).map { resolved in
      defer { free(resolved) }
      return String(cString: resolved)
    }
  }

  /// The folder of a path: what stands before the last slash.
  package static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
  }

  /// The last component of a path.
  static func name(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
    return String(path[path.utf8.index(after: slash)...])
  }
}
