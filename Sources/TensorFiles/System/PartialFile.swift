#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A file that is written over several runs: NAME.partial until it is whole, then NAME.
///
/// Unlike the sibling of an `AtomicFile` it stays when its process dies, and another process goes on with it. One process
/// at a time: the file is locked while it is open.
package final class PartialFile {
  /// The name the file will have.
  package let path: String
  /// The number of bytes written, by this process and those before.
  package private(set) var count: Int

  private let place: FilePlace
  private let partialPath: String
  private let descriptor: CInt

  /// Opens the partial file and keeps its first `kept` bytes; what stands behind them was never recorded as done.
  ///
  /// - Throws: `FileError` (`exists` when `path` is taken and `overwrite` is false, or when another process writes the
  ///   file; `cannotCreate`; `truncated` when there are fewer than `kept` bytes; `writeFailed`).
  package init(path: String, overwrite: Bool, keeping kept: Int) throws(FileError) {
    let place = try FilePlace(path: path, overwrite: overwrite)
    let partialPath = Self.partialPath(of: place.target)
    let descriptor = Platform.retrying { open(partialPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666) }
    guard descriptor >= 0 else {
      throw FileError(
        .cannotCreate, path: path,
        "cannot be created in the folder '\(Platform.folder(of: place.target).onOneLine)': \(Platform.lastError)")
    }
    self.path = path
    self.place = place
    self.partialPath = partialPath
    self.descriptor = descriptor
    count = kept
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      throw FileError(.exists, path: path, "is being written by another process; let it finish or end it")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, Int(status.st_size) >= kept else {
      throw FileError(
        .truncated, path: partialPath, "expected at least \(kept) bytes, as its journal says, found \(status.st_size)")
    }
    guard Platform.retrying({ ftruncate(descriptor, off_t(kept)) }) == 0 else {
      throw FileError(.writeFailed, path: path, "cannot be cut to \(kept) bytes: \(Platform.lastError)")
    }
    if let permissions = place.permissions { fchmod(descriptor, permissions) }
  }

  deinit { close(descriptor) }

  /// The name of the file until it is whole.
  package static func partialPath(of path: String) -> String {
    var path = path
    if let resolved = realpath(path, nil) {
      path = String(cString: resolved)
      free(resolved)
    }
    let name = Platform.name(of: path)
    guard name.utf8.count > 240 else { return path + ".partial" }
    let digest = Array(name.utf8).withUnsafeBytes { XXHash64.digest($0) }
    return Platform.folder(of: path) + "/" + String(name.prefix(50)) + "." + String(digest, radix: 16) + ".partial"
  }

  /// Writes after what was written before.
  package func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let written = Platform.retrying {
        pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(count + done))
      }
      guard written > 0 else {
        throw FileError(.writeFailed, path: path, "cannot be written at byte \(count + done): \(Platform.lastError)")
      }
      done += written
    }
    count += bytes.count
  }

  package func append(_ bytes: [UInt8]) throws(FileError) {
    try bytes.withUnsafeBufferPointer { (bytes) throws(FileError) in try append(UnsafeRawBufferPointer(bytes)) }
  }

  /// Cuts the file after its first `kept` bytes.
  package func truncate(to kept: Int) {
    guard Platform.retrying({ ftruncate(descriptor, off_t(kept)) }) == 0 else { return }
    count = kept
  }

  /// Flushes what was written to the disk.
  package func synchronize() throws(FileError) {
    guard Platform.retrying({ fsync(descriptor) }) == 0 else {
      throw FileError(.writeFailed, path: path, "cannot be flushed to the disk: \(Platform.lastError)")
    }
  }

  /// The checksum of the last bytes, at most 64 KB, by which a journal knows its file.
  package func endDigest() throws(FileError) -> UInt64 {
    var bytes = [UInt8](repeating: 0, count: min(count, 1 << 16))
    var done = 0
    while done < bytes.count {
      let start = count - bytes.count + done
      let found = bytes.withUnsafeMutableBytes { buffer in
        Platform.retrying { pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(start)) }
      }
      guard found > 0 else {
        throw FileError(.readFailed, path: partialPath, "cannot be read at byte \(start): \(Platform.lastError)")
      }
      done += found
    }
    return bytes.withUnsafeBytes { XXHash64.digest($0) }
  }

  /// Gives the file, which must be flushed, its name.
  ///
  /// - Throws: `FileError` (`exists` when something took the name meanwhile and `overwrite` is false; `writeFailed`).
  package func commit() throws(FileError) { try place.take(partialPath) }

  /// Gives a whole and flushed partial file its name, unless it has it already.
  ///
  /// - Throws: `FileError` (`truncated` when neither name has a file of so many bytes; `exists`; `writeFailed`).
  package static func commitSealed(path: String, bytes: Int, overwrite: Bool) throws(FileError) {
    let place = try FilePlace(path: path, overwrite: true)
    let partialPath = partialPath(of: place.target)
    var (partial, whole) = (stat(), stat())
    let hasPartial = lstat(partialPath, &partial) == 0
    let hasWhole = stat(place.target, &whole) == 0
    if hasPartial, hasWhole, partial.st_ino == whole.st_ino, partial.st_dev == whole.st_dev {
      unlink(partialPath)
    } else if hasPartial, Int(partial.st_size) == bytes {
      try FilePlace(path: path, overwrite: overwrite).take(partialPath)
    } else if hasPartial || !hasWhole || Int(whole.st_size) != bytes {
      throw FileError(
        .truncated, path: path, "expected a whole output of \(bytes) bytes, as its journal says, found none; start over"
      )
    }
  }

  /// Removes the file.
  package func remove() { unlink(partialPath) }
}
