internal import AdaptiveSoftmax

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
  /// The name that the file gets.
  public let path: String
  /// The sibling that is being written.
  public let temporaryPath: String
  /// The number of bytes written by `append`.
  public private(set) var count = 0

  private let place: FilePlace
  private let descriptor: CInt

  /// Creates the sibling.
  ///
  /// - Throws: `FileError` (`exists` when `path` is taken and `overwrite` is false; `cannotCreate`).
  public init(path: String, overwrite: Bool = false) throws(FileError) {
    let place = try FilePlace(path: path, overwrite: overwrite)
    let folder = Platform.folder(of: place.target)
    let name = String(decoding: Platform.name(of: place.target).utf8.prefix(200), as: UTF8.self)
    let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
    let temporary = "\(folder)/.\(name).\(suffix).tmp"
    OutputFiles.begin()
    let descriptor = Platform.retrying { open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
    guard descriptor >= 0 else {
      throw FileError(
        .cannotCreate, path: path, "cannot be created in the folder '\(folder.onOneLine)': \(Platform.lastError)")
    }
    if let permissions = place.permissions { fchmod(descriptor, permissions) }
    self.path = path
    self.place = place
    self.descriptor = descriptor
    temporaryPath = temporary
  }

  deinit {
    close(descriptor)
    unlink(temporaryPath)
  }

  /// Writes after what was appended before.
  ///
  /// - Throws: `FileError` (`writeFailed`).
  public mutating func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    try Platform.write(bytes, to: descriptor, at: count, of: path)
    count += bytes.count
  }

  package mutating func append(_ bytes: [UInt8]) throws(FileError) {
    try bytes.withUnsafeBufferPointer { (bytes) throws(FileError) in try append(UnsafeRawBufferPointer(bytes)) }
  }

  /// Flushes what was written to the disk.
  ///
  /// - Throws: `FileError` (`writeFailed`).
  package func synchronize() throws(FileError) { try Platform.flush(descriptor, of: path) }

  /// Flushes the file and gives it its name; on failure nothing is left behind.
  ///
  /// - Throws: `FileError` (`exists` when something took the name meanwhile and `overwrite` is false; `writeFailed`).
  public consuming func commit() throws(FileError) {
    try synchronize()
    try place.take(temporaryPath)
  }
}

extension AtomicFile {
  /// Checks that a file of this name could be written, and writes none.
  ///
  /// - Throws: `FileError` (`exists` when it is taken and `overwrite` is false; `cannotCreate`).
  package static func check(path: String, overwrite: Bool) throws(FileError) {
    let place = try FilePlace(path: path, overwrite: overwrite)
    let folder = Platform.folder(of: place.target)
    guard access(folder + "/.", W_OK | X_OK) == 0 else {
      throw FileError(
        .cannotCreate, path: path, "cannot be created in the folder '\(folder.onOneLine)': \(Platform.lastError)")
    }
    guard Platform.name(of: place.target).utf8.count <= Int(NAME_MAX) else {
      throw FileError(.cannotCreate, path: path, "expected a name of at most \(NAME_MAX) bytes, found a longer one")
    }
  }
}
