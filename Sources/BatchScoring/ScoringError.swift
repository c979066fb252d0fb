internal import AdaptiveSoftmax
internal import TensorFiles

/// Why a job ended early: one line that names the file, says what was expected and what was found, and how to mend it.
public struct ScoringError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of failure, for code that branches on it (the tool turns it into an exit code).
  public enum Kind: Equatable, Sendable {
    /// Arguments that contradict each other or the environment.
    case usage
    /// A file that can be read and does not hold what the job needs.
    case data
    /// An input that does not exist or may not be read.
    case missingInput
    /// An output that cannot be created.
    case cannotCreate
    /// An output that exists, where overwriting was not asked for.
    case outputExists
    /// An output that another process is writing.
    case outputBusy
    /// Results of an earlier run at an output's place, where neither resuming nor overwriting was asked for.
    case unfinished
    /// A read or write that failed half-way.
    case inputOutput
    /// The caller's progress callback asked for an end.
    case interrupted
  }

  /// The kind of failure.
  public let kind: Kind
  /// One line that names the thing, what was expected, what was found and the mend.
  public let description: String
  /// The rows whose results are kept for a job with `JobSettings.resume`; nil when nothing is.
  public let rowsKept: Int?

  /// An error; what would break the description's line, as names can, is escaped.
  public init(_ kind: Kind, _ description: String, rowsKept: Int? = nil) {
    self.kind = kind
    self.description = description.onOneLine
    self.rowsKept = rowsKept
  }
}
