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
  func check(_ path: String, overwrite: Bool) throws(ScoringError) {
    if let output = Self.identity(of: path), let input = inputs[output] {
      throw ScoringError(
        .usage, "\(path): expected an output of its own, found the input \(input); choose another name")
    }
    try fromFile { () throws(FileError) in try AtomicFile.check(path: path, overwrite: overwrite) }
  }

  /// The same for one output.
  static func check(_ path: String, overwrite: Bool, inputs: [String]) throws(ScoringError) {
    try OutputCheck(inputs: inputs).check(path, overwrite: overwrite)
  }

  /// Device and file number: what two names of one file share.
  private static func identity(of path: String) -> [UInt64]? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return [UInt64(truncatingIfNeeded: status.st_dev), UInt64(truncatingIfNeeded: status.st_ino)]
  }
}
