#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A file that appears under its name only when it is whole.
///
/// The bytes go to a hidden sibling in the same folder; `commit()` flushes it to the disk and renames it. Whatever stood
/// under the name stays untouched, and mapped, until then. Dropping the value without a commit removes the sibling.
public struct AtomicFile: ~Copyable {
  public let path: String
  /// The sibling that is being written, for those who must clean up after a signal.
  public let temporaryPath: String
  /// The number of bytes written by `append`.
  public private(set) var count = 0

  private let target: String
  private let overwrite: Bool
  private let descriptor: CInt

  /// Creates the sibling.
  ///
  /// - Throws: `FileError` (`exists` when `path` is taken and `overwrite` is false; `cannotCreate`).
  public init(path: String, overwrite: Bool = false) throws(FileError) {
    guard !path.utf8.contains(0), !Platform.name(of: path).isEmpty else {
      throw FileError(
        .cannotCreate, path: path, "expected the name of a file to write, found a name that no file can have")
    }
    var target = path
    var permissions: mode_t?
    var status = stat()
    if lstat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFLNK, let resolved = realpath(path, nil) {
        target = String(cString: resolved)
        free(resolved)
        lstat(target, &status)
      }
      if let kind = Platform.irregularKind(status.st_mode), status.st_mode & S_IFMT != S_IFLNK {
        throw FileError(.cannotCreate, path: path, "expected a file or nothing under this name, found \(kind)")
      }
      guard overwrite else { throw AtomicFile.taken(path) }
      permissions = status.st_mode & 0o7777
    }
    let folder = Platform.folder(of: target)
    let name = String(decoding: Platform.name(of: target).utf8.prefix(200), as: UTF8.self)
    let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
    let temporary = "\(folder)/.\(name).\(suffix).tmp"
    let descriptor = Platform.retrying { open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
    guard descriptor >= 0 else {
      throw FileError(
        .cannotCreate, path: path, "cannot be created in the folder '\(folder.onOneLine)': \(Platform.lastError)")
    }
    if let permissions { fchmod(descriptor, permissions) }
    self.path = path
    self.target = target
    self.overwrite = overwrite
    self.descriptor = descriptor
    temporaryPath = temporary
  }

  deinit {
    close(descriptor)
    unlink(temporaryPath)
  }

  /// Writes after what was appended before.
  public mutating func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    try write(bytes, at: count)
    count += bytes.count
  }

  mutating func append(_ bytes: [UInt8]) throws(FileError) {
    try bytes.withUnsafeBufferPointer { (bytes) throws(FileError) in try append(UnsafeRawBufferPointer(bytes)) }
  }

  /// Writes at a position; for results that come out of order.
  public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let written = Platform.retrying {
        pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
      }
      guard written > 0 else {
        throw FileError(.writeFailed, path: path, "cannot be written at byte \(offset + done): \(Platform.lastError)")
      }
      done += written
    }
  }

  /// Flushes what was written to the disk.
  public func synchronize() throws(FileError) {
    guard Platform.retrying({ fsync(descriptor) }) == 0 else {
      throw FileError(.writeFailed, path: path, "cannot be flushed to the disk: \(Platform.lastError)")
    }
  }

  /// Flushes the file and gives it its name; on failure nothing is left behind.
  ///
  /// - Throws: `FileError` (`exists` when something took the name meanwhile and `overwrite` is false; `writeFailed`).
  public consuming func commit() throws(FileError) {
    try synchronize()
    let isLinked = overwrite ? false : try linked()
    if !isLinked {
      guard rename(temporaryPath, target) == 0 else {
        throw FileError(.writeFailed, path: path, "cannot be given its name: \(Platform.lastError)")
      }
    }
    synchronizeFolder()
  }

  /// Gives the file its name only if nothing has it, in one step; false where the file system has no hard links.
  private func linked() throws(FileError) -> Bool {
    if link(temporaryPath, target) == 0 { return true }
    if errno == EEXIST { throw AtomicFile.taken(path) }
    var status = stat()
    if lstat(target, &status) == 0 { throw AtomicFile.taken(path) }
    return false
  }

  /// Makes the new name durable.
  ///
  /// Some file systems cannot flush a folder; the file itself is flushed by then.
  private func synchronizeFolder() {
    let folder = open(Platform.folder(of: target), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    _ = fsync(folder)
    close(folder)
  }

  private static func taken(_ path: String) -> FileError {
    FileError(.exists, path: path, "exists already; overwriting it was not asked for")
  }
}
