internal import BatchScoring

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The two streams of the tool: results on standard output, everything else on standard error.
enum Console {
  static let errorIsTerminal = isatty(STDERR_FILENO) == 1

  /// Whether a line on standard error can be drawn over: on a terminal that can, where nobody keeps what is printed.
  static let errorTakesBars = errorIsTerminal && environment("TERM") != "dumb" && environment("CI").isEmpty

  /// Refuses arguments that are no UTF-8, which would be taken for other names.
  static func checkArguments() throws(ScoringError) {
    for case let argument? in UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
    where String(validatingCString: argument) == nil {
      throw ScoringError(
        .usage, "expected arguments in UTF-8, found '\(String(cString: argument))'; rename the file")
    }
  }

  /// Writes results; a reader that went away (EPIPE) is a quiet end, anything else that fails an error.
  static func print(_ line: String) throws(ScoringError) {
    switch write(line + "\n", to: STDOUT_FILENO) {
    case 0: return
    case EPIPE: exit(0)
    case let code: throw ScoringError(.inputOutput, "standard output: write failed: \(String(cString: strerror(code)))")
    }
  }

  /// An environment variable; empty when it is not set.
  static func environment(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }

  /// Writes to standard error; a failure there has nowhere to be reported.
  static func printError(_ text: String, terminator: String = "\n") {
    _ = write(text + terminator, to: STDERR_FILENO)
  }

  /// Ends the process with the error's one line and its exit code.
  static func end(with error: ScoringError) -> Never {
    let mend =
      switch error.kind {
      case .outputExists: " (--overwrite)"
      case .unfinished: " (--resume or --overwrite)"
      case .data where error.description.hasSuffix("start over"): " (--overwrite in place of --resume)"
      default: ""
      }
    let kept = error.rowsKept.map { "; \($0) rows are kept: the same command with --resume continues" } ?? ""
    printError("Error: \(error)\(mend)\(kept)")
    exit(exitCode(of: error.kind))
  }

  private static func exitCode(of kind: ScoringError.Kind) -> Int32 {
    switch kind {
    case .usage: 64
    case .data: 65
    case .missingInput: 66
    case .cannotCreate, .outputExists, .outputBusy, .unfinished: 73
    case .inputOutput: 74
    case .interrupted: 128 + Interrupt.signalReceived
    }
  }

  /// 0, or the errno of the write that failed.
  private static func write(_ text: String, to descriptor: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        #if canImport(Glibc)
          let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
        #elseif canImport(Musl)
          let written = Musl.write(descriptor, rest.baseAddress, rest.count)
        #else
          let written = Darwin.write(descriptor, rest.baseAddress, rest.count)
        #endif
        if written < 0 {
          if errno == EINTR { continue }
          return errno
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
      }
      return 0
    }
  }
}
