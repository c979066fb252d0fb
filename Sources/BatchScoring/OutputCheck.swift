internal import TensorFiles

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What can be known about an output before any work is done for it.
struct OutputCheck {
  private let inputs: [[UInt64]: String]

  init(inputs: [String]) {
    var identities: [[UInt64]: String] = [:]
    for input in inputs { if let identity = Self.identity(of: input) { identities[identity] = input } }
    self.inputs = identities
  }

  /// Refuses a name that is taken or cannot be created, and one that is an input of the same job.
  ///
  /// `-` is what other tools call standard output, and no name.
  func check(_ path: String, overwrite: Bool) throws(ScoringError) {
    try Self.checkIsFile(path)
    if let input = input(at: path) {
      throw ScoringError(
        .usage, "\(path): expected an output of its own, found the input \(input); choose another name")
    }
    try fromFile { () throws(FileError) in try AtomicFile.check(path: path, overwrite: overwrite) }
  }

  /// The input that has this name; nil for none.
  func input(at path: String) -> String? { Self.identity(of: path).flatMap { inputs[$0] } }

  /// Refuses `-`: outputs appear when they are whole, which a stream cannot.
  static func checkIsFile(_ path: String) throws(ScoringError) {
    guard path == "-" else { return }
    throw ScoringError(
      .usage,
      "-: standard output is not supported here: expected the name of a file, which appears when it is whole; name a file"
    )
  }

  /// Refuses what no names of files can begin with: a folder, or nothing behind the last slash.
  static func checkBeginning(_ path: String) throws(ScoringError) {
    let isFolder = FileList.isFolder(path)
    guard isFolder || path.isEmpty || path.hasSuffix("/") else { return }
    throw ScoringError(
      .cannotCreate,
      "\(path): expected what the names of the outputs begin with, found "
        + (isFolder ? "a folder" : "a name that no file can have") + "; name files: \(FileList.joined(path, "OUT"))")
  }

  /// Refuses an output beside which a file could not have the name that it must have.
  static func checkLength(_ path: String, with ending: String = "", beside output: String) throws(ScoringError) {
    let excess = FileList.name(of: path).utf8.count + ending.utf8.count - Int(NAME_MAX)
    guard excess > 0 else { return }
    let found = FileList.name(of: output).utf8.count
    throw ScoringError(
      .cannotCreate,
      "\(output): expected a name of at most \(found - excess) bytes, found one of \(found); choose a shorter name")
  }

  /// Refuses two names of one file to be.
  static func checkDistinct(_ paths: [String]) throws(ScoringError) {
    var places: [String: String] = [:]
    for path in paths {
      guard let other = places.updateValue(path, forKey: place(of: path)) else { continue }
      throw ScoringError(
        .usage, "\(path): expected an output of its own, found that of the output \(other); choose another name")
    }
  }

  /// The name with all links resolved, whether a file has it or not.
  private static func place(of path: String) -> String {
    if let file = Platform.resolved(path) { return file }
    let name = FileList.name(of: path)
    let folder = path.dropLast(name.count)
    return (Platform.resolved(folder.isEmpty ? "." : String(folder)) ?? String(folder)) + "/" + name
  }

  /// Refuses a name as `check(_:overwrite:)` of a job with these inputs does, and one that a job over rows is writing to
  /// or has not finished; for jobs that cannot be resumed.
  static func check(_ path: String, overwrite: Bool, inputs: [String]) throws(ScoringError) {
    try OutputCheck(inputs: inputs).check(path, overwrite: overwrite)
    try fromFile { () throws(FileError) in try PartialFile.checkFree(path: path) }
    let partial = PartialFile.partialPath(of: path)
    var status = stat()
    guard !overwrite, lstat(partial, &status) == 0, status.st_size > 0 else { return }
    throw ScoringError(
      .outputExists,
      "\(partial): expected no earlier run of a job to this output, found one that is not finished; resume that job, "
        + "choose another name or replace its output")
  }

  /// Device and file number: what two names of one file share.
  static func identity(of path: String) -> [UInt64]? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return [UInt64(truncatingIfNeeded: status.st_dev), UInt64(truncatingIfNeeded: status.st_ino)]
  }
}
