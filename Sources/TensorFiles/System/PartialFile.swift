internal import AdaptiveSoftmax

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
  /// A place in the file: how many bytes stand before it, and their checksum.
  package struct Mark: Sendable, Equatable {
    package var bytes: Int
    package var digest: UInt64

    package init(bytes: Int, digest: UInt64) { (self.bytes, self.digest) = (bytes, digest) }
  }

  /// The name the file will have.
  package let path: String
  /// The number of bytes written, by this process and those before.
  package private(set) var count = 0
  /// Of these bytes.
  private var hash = XXHash64()

  private let place: FilePlace
  private let partialPath: String
  private let descriptor: CInt

  /// Opens the partial file and keeps what an earlier process marked; what stands behind it was never recorded as done.
  ///
  /// The bytes that are kept are read, as fast as the disk gives them, and compared with the mark; the file is as it was
  /// after an error.
  ///
  /// - Throws: `FileError` (`exists` when `path` is taken and `overwrite` is false; `busy`; `cannotCreate`; `truncated`
  ///   when there are fewer bytes than the mark says, `malformed` when there are others; `readFailed`, `writeFailed`).
  package init(path: String, overwrite: Bool, keeping kept: Mark? = nil) throws(FileError) {
    let place = try FilePlace(path: path, overwrite: overwrite)
    let partialPath = Self.partialPath(of: place.target)
    var status = stat()
    if lstat(partialPath, &status) == 0, let kind = Platform.irregularKind(status.st_mode) {
      throw FileError(
        .cannotCreate, path: partialPath, "expected a file or nothing under this name, found \(kind); remove it")
    }
    OutputFiles.begin()
    let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | (kept == nil ? O_CREAT : 0)
    let descriptor = Platform.retrying { open(partialPath, flags, 0o666) }
    guard descriptor >= 0 else {
      if let kept, errno == ENOENT {
        throw FileError(
          .truncated, path: partialPath,
          "expected \(kept.bytes) bytes, as its journal says, found no such file; start over")
      }
      throw FileError(
        .cannotCreate, path: path,
        "cannot be created in the folder '\(Platform.folder(of: place.target).onOneLine)': \(Platform.lastError)")
    }
    self.path = path
    self.place = place
    self.partialPath = partialPath
    self.descriptor = descriptor
    try Platform.lock(descriptor, named: partialPath, for: path)
    if let kept {
      try Self.read(partialPath, descriptor, kept, into: &hash)
      count = kept.bytes
    }
    try cut(to: count)
    if let permissions = place.permissions { fchmod(descriptor, permissions) }
  }

  deinit { close(descriptor) }

  /// Whether the file that is written still has its name: nobody has removed or replaced it.
  package var hasItsName: Bool { Platform.hasName(partialPath, descriptor) }

  /// The name of the file until it is whole.
  package static func partialPath(of path: String) -> String {
    let path = Platform.resolved(path) ?? path
    let name = Platform.name(of: path)
    guard name.utf8.count > 240 else { return path + ".partial" }
    let digest = Array(name.utf8).withUnsafeBytes { XXHash64.digest($0) }
    let start = String(decoding: name.utf8.prefix(50), as: UTF8.self)
    return Platform.folder(of: path) + "/" + start + "." + String(digest, radix: 16) + ".partial"
  }

  /// Writes after what was written before.
  package func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    try Platform.write(bytes, to: descriptor, at: count, of: path)
    count += bytes.count
    hash.update(bytes)
  }

  package func append(_ bytes: [UInt8]) throws(FileError) {
    try bytes.withUnsafeBufferPointer { (bytes) throws(FileError) in try append(UnsafeRawBufferPointer(bytes)) }
  }

  /// What is written so far, by which a journal knows its file.
  package var mark: Mark { Mark(bytes: count, digest: hash.digest) }

  /// Where it stands, to be gone back to.
  package struct State: Sendable {
    fileprivate let count: Int
    fileprivate let hash: XXHash64
  }

  package var state: State { State(count: count, hash: hash) }

  /// Cuts the file back to where it stood.
  ///
  /// - Throws: `FileError` (`writeFailed`).
  package func restore(_ state: State) throws(FileError) {
    try cut(to: state.count)
    (count, hash) = (state.count, state.hash)
  }

  private func cut(to bytes: Int) throws(FileError) {
    guard Platform.retrying({ ftruncate(descriptor, off_t(bytes)) }) == 0 else {
      throw FileError(.writeFailed, path: path, "cannot be cut to \(bytes) bytes: \(Platform.lastError)")
    }
  }

  /// Flushes what was written to the disk.
  package func synchronize() throws(FileError) {
    guard hasItsName else {
      throw FileError(
        .writeFailed, path: partialPath,
        "expected the file that is being written, found another or none under its name; start over and let it be")
    }
    try Platform.flush(descriptor, of: path)
  }

  /// Reads the bytes that a mark speaks of.
  private static func read(
    _ path: String, _ descriptor: CInt, _ mark: Mark, into hash: inout XXHash64
  ) throws(FileError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, Int(status.st_size) >= mark.bytes else {
      throw FileError(
        .truncated, path: path,
        "expected at least \(mark.bytes) bytes, as its journal says, found \(status.st_size); start over")
    }
    var block = [UInt8](repeating: 0, count: max(min(mark.bytes, 1 << 20), 1))
    var done = 0
    while done < mark.bytes {
      let found = block.withUnsafeMutableBytes { block in
        let found = Platform.retrying {
          pread(descriptor, block.baseAddress!, min(block.count, mark.bytes - done), off_t(done))
        }
        if found > 0 { hash.update(UnsafeRawBufferPointer(rebasing: block[..<found])) }
        return found
      }
      guard found > 0 else {
        throw FileError(.readFailed, path: path, "cannot be read at byte \(done): \(Platform.lastError)")
      }
      done += found
    }
    guard hash.digest == mark.digest else {
      throw FileError(.malformed, path: path, "expected the bytes that its journal speaks of, found others; start over")
    }
  }

  /// Gives the file, which must be flushed, its name.
  ///
  /// - Throws: `FileError` (`exists` when something took the name meanwhile and `overwrite` is false; `writeFailed`).
  package func commit() throws(FileError) { try place.take(partialPath) }

  /// Gives a whole and flushed partial file its name, unless it has it already.
  ///
  /// - Throws: `FileError` (`truncated` when neither name has a file of so many bytes, `malformed` when it has others;
  ///   `exists`; `readFailed`, `writeFailed`).
  package static func commitSealed(path: String, as mark: Mark, overwrite: Bool) throws(FileError) {
    let place = try FilePlace(path: path, overwrite: true)
    let partialPath = partialPath(of: place.target)
    var (partial, whole) = (stat(), stat())
    let hasPartial = lstat(partialPath, &partial) == 0
    let hasWhole = stat(place.target, &whole) == 0
    guard Int((hasPartial ? partial : whole).st_size) == mark.bytes, hasPartial || hasWhole else {
      throw FileError(
        .truncated, path: path,
        "expected a whole output of \(mark.bytes) bytes, as its journal says, found none; start over")
    }
    let file = try InputFile(path: hasPartial ? partialPath : place.target)
    var hash = XXHash64()
    try read(file.path, file.descriptor, mark, into: &hash)
    if hasPartial, hasWhole, Platform.areOneFile(partial, whole) {
      unlink(partialPath)
    } else if hasPartial {
      try FilePlace(path: path, overwrite: overwrite).take(partialPath)
    }
  }

  /// Removes the file; one that somebody put in its place stays.
  package func remove() {
    if hasItsName { unlink(partialPath) }
  }
}
