#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The place of a file to be: a name that is free or may be replaced, and how a finished file comes to have it.
struct FilePlace: Sendable {
  /// The name as it was given.
  let path: String
  /// The name with links resolved: where the file will stand.
  let target: String
  /// The permissions of the file that is replaced.
  let permissions: mode_t?
  private let overwrite: Bool

  /// Checks the name.
  ///
  /// - Throws: `FileError` (`exists` when it is taken and `overwrite` is false; `cannotCreate`).
  init(path: String, overwrite: Bool) throws(FileError) {
    guard !path.utf8.contains(0), !Platform.name(of: path).isEmpty else {
      throw FileError(
        .cannotCreate, path: path, "expected the name of a file to write, found a name that no file can have")
    }
    var target = path
    var permissions: mode_t?
    var status = stat()
    if lstat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFLNK, let resolved = Platform.resolved(path) {
        target = resolved
        lstat(target, &status)
      } else if status.st_mode & S_IFMT == S_IFLNK {
        // A link to no name may lead to something all the same: /dev/stdout to a pipe.
        var followed = stat()
        if stat(path, &followed) == 0 { status = followed }
      }
      if let kind = Platform.irregularKind(status.st_mode), status.st_mode & S_IFMT != S_IFLNK {
        throw FileError(.cannotCreate, path: path, "expected a file or nothing under this name, found \(kind)")
      }
      guard overwrite else { throw Self.taken(path) }
      if status.st_mode & S_IFMT == S_IFREG { permissions = status.st_mode & 0o7777 }
    }
    self.path = path
    self.target = target
    self.permissions = permissions
    self.overwrite = overwrite
  }

  /// Gives the name to a finished file of the same folder, and makes that durable.
  ///
  /// - Throws: `FileError` (`exists` when something took the name meanwhile and `overwrite` is false; `writeFailed`).
  func take(_ temporary: String) throws(FileError) {
    let isLinked = overwrite ? false : try linked(temporary)
    if isLinked {
      unlink(temporary)
    } else {
      guard rename(temporary, target) == 0 else {
        throw FileError(.writeFailed, path: path, "cannot be given its name: \(Platform.lastError)")
      }
    }
    Self.synchronize(folder: Platform.folder(of: target))
  }

  /// Gives the file its name only if nothing has it, in one step; false where the file system has no hard links.
  private func linked(_ temporary: String) throws(FileError) -> Bool {
    if link(temporary, target) == 0 { return true }
    if errno == EEXIST { throw Self.taken(path) }
    var status = stat()
    if lstat(target, &status) == 0 { throw Self.taken(path) }
    return false
  }

  /// Makes names durable.
  ///
  /// Some file systems cannot flush a folder; the files themselves are flushed by then.
  static func synchronize(folder: String) {
    let folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    _ = fsync(folder)
    close(folder)
  }

  private static func taken(_ path: String) -> FileError {
    FileError(.exists, path: path, "exists already; overwriting it was not asked for")
  }
}
