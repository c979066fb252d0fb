internal import AdaptiveSoftmax

/// What a file was refused for: one line that names the file, what was expected and what was found.
///
///     head.safetensors: tensor 'tail.0.1.weight': expected data_offsets to span 4096 bytes, found 4092
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of refusal, for code that branches on it (and for exit codes).
  public enum Code: Equatable, Sendable {
    /// Nothing has this name.
    case missing
    /// Something has this name, but it cannot be opened or is not a regular file.
    case unreadable
    /// The contents break the rules of the format, or are not what the caller expects.
    case malformed
    /// The contents are legal, but of a kind that is not read or written here.
    case unsupported
    /// The file ends before its contents do.
    case truncated
    /// The output exists and overwriting it was not asked for.
    case exists
    /// The output is being written by another process.
    case busy
    /// The output cannot be created.
    case cannotCreate
    /// The system failed to read.
    case readFailed
    /// The system failed to write.
    case writeFailed
  }

  /// The kind of failure.
  public let code: Code
  /// The file.
  public let path: String
  /// One line: the file, what was expected, what was found and, where there is one, the mend.
  public let description: String

  /// An error about the file at `path`; `message` is one line without the path, and what would break it is escaped.
  public init(_ code: Code, path: String, _ message: String) {
    self.code = code
    self.path = path
    description = "\(path): \(message)".onOneLine
  }

  /// The error about a file that ends before its contents do, with the mend.
  static func cutOff(path: String, _ message: String) -> FileError {
    FileError(.truncated, path: path, "\(message); the file is cut off: copy or write it again")
  }
}
