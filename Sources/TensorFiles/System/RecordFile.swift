#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A small file that is written again and again, each time in one step; a process that dies meanwhile leaves at most one
/// NAME.new, which the next one writes over.
package enum RecordFile {
  /// Replaces the file; with `flushed`, returns when it is on the disk.
  ///
  /// - Throws: `FileError` (`cannotCreate`, `writeFailed`).
  package static func write(_ bytes: [UInt8], to path: String, flushed: Bool) throws(FileError) {
    let temporary = path + ".new"
    let descriptor = Platform.retrying { open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o666) }
    guard descriptor >= 0 else {
      throw FileError(.cannotCreate, path: path, "cannot be created: \(Platform.lastError)")
    }
    defer { close(descriptor) }
    try bytes.withUnsafeBufferPointer { (bytes) throws(FileError) in
      try Platform.write(UnsafeRawBufferPointer(bytes), to: descriptor, at: 0, of: path)
    }
    if flushed { try Platform.flush(descriptor, of: path) }
    guard rename(temporary, path) == 0 else {
      throw FileError(.writeFailed, path: path, "cannot be given its name: \(Platform.lastError)")
    }
    if flushed { FilePlace.synchronize(folder: Platform.folder(of: path)) }
  }

  /// Removes the file.
  package static func remove(_ path: String) {
    unlink(path)
    unlink(path + ".new")
  }
}
