/// What a call was refused for: one line that says what was expected and what was found.
///
/// Every refusal but `memory` happens before any work is done and before any output is touched. Memory can end during the
/// work: what a call was to write is then of no use.
public struct SoftmaxError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of refusal, for code that branches on it.
  public enum Code: Equatable, Sendable {
    /// A dimension outside `-rank ..< rank`, or named twice.
    case dimension
    /// Shapes that do not fit together.
    case shape
    /// A target outside the classes.
    case target
    /// An argument outside its range (cutoffs, label smoothing, a size, threads).
    case argument
    /// A state dict with a missing, unexpected or misshapen tensor.
    case weights
    /// Memory that could not be had.
    case memory
    /// A kernel variant that is unknown or cannot run on this processor.
    case variant
  }

  /// The kind of refusal.
  public let code: Code
  /// What was expected and what was found, in one line.
  public let description: String

  /// A refusal of this kind; `description` says what was expected and what was found, and what would break its line, as
  /// names can, is escaped.
  public init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description.onOneLine
  }
}
