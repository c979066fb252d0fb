internal import AdaptiveSoftmax
internal import TensorFiles

extension ScoringError {
  /// What a file's error means for a job; `FileError` names the file itself.
  init(_ error: FileError) {
    let kind: Kind =
      switch error.code {
      case .missing, .unreadable: .missingInput
      case .malformed, .unsupported, .truncated: .data
      case .cannotCreate: .cannotCreate
      case .exists: .outputExists
      case .busy: .outputBusy
      case .readFailed, .writeFailed: .inputOutput
      }
    self.init(kind, error.description)
  }

  /// What a refusal of the library means for a job that works on the file at `path`.
  init(_ error: SoftmaxError, path: String) {
    let kind: Kind =
      switch error.code {
      case .dimension, .argument, .variant: .usage
      case .shape, .target, .weights: .data
      case .memory: .inputOutput
      }
    self.init(kind, "\(path): \(error.description)")
  }
}

/// Runs `body`, with the errors of files turned into those of jobs.
func fromFile<Result: ~Copyable>(_ body: () throws(FileError) -> Result) throws(ScoringError) -> Result {
  do {
    return try body()
  } catch {
    throw ScoringError(error)
  }
}

/// Runs `body`, which opens an array that may be asked for as bfloat16, and names the option that does.
func namingRawType<Result>(_ body: () throws(ScoringError) -> Result) throws(ScoringError) -> Result {
  do {
    return try body()
  } catch {
    guard error.description.hasSuffix("when asked for as bfloat16") else { throw error }
    throw ScoringError(error.kind, error.description + " (--dtype bf16)")
  }
}

/// Runs `body`, which opens an array for a job that takes no more than `types`, and names these where it is of none that can
/// be read.
func naming<Result>(
  types: String, _ body: () throws(FileError) -> Result
) throws(ScoringError) -> Result {
  do {
    return try fromFile(body)
  } catch {
    guard error.description.contains(NPYReader.types) else { throw error }
    throw ScoringError(error.kind, error.description.replacing(NPYReader.types, with: types) + "; convert the array")
  }
}

/// Runs `body`, with the library's refusals turned into errors about the file at `path`.
func about<Result>(_ path: String, _ body: () throws(SoftmaxError) -> Result) throws(ScoringError) -> Result {
  do {
    return try body()
  } catch {
    throw ScoringError(error, path: path)
  }
}

/// Runs `body`, which works on the file at `path` and throws what files and the library throw.
func loading<Result>(_ path: String, _ body: () throws -> Result) throws(ScoringError) -> Result {
  do {
    return try body()
  } catch let error as FileError {
    throw ScoringError(error)
  } catch let error as SoftmaxError {
    throw ScoringError(error, path: path)
  } catch let error as ScoringError {
    throw error
  } catch {
    throw ScoringError(.data, "\(path): \(error)")
  }
}
