internal import ArgumentParser
internal import BatchScoring

/// The command line tool: parses, runs one subcommand, turns every failure into one line and a sysexits code.
@main
struct Adasoft: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "adasoft",
    abstract: "PyTorch's softmax family on files: .npy arrays and safetensors heads.",
    discussion: """
      Results go to standard output, everything else to standard error. An output file appears under its name only when \
      it is whole, and its extension says what it is. Results never depend on --threads, --batch-size or the processor.

      Exit codes: 0 done; 64 usage; 65 bad data; 66 missing input; 73 output cannot be created; 74 read or write \
      failure; 129, 130 and 143 ended by SIGHUP, SIGINT and SIGTERM.
      """,
    version: version,
    subcommands: [
      SoftmaxCommand.self, SoftminCommand.self, LogSoftmaxCommand.self, Softmax2dCommand.self, LogSumExpCommand.self,
      InspectCommand.self, ScoreCommand.self, PredictCommand.self, TopKCommand.self, RankCommand.self,
      SampleCommand.self, LogProbCommand.self, MergeCommand.self, ConvertCommand.self, PlanCommand.self,
    ])

  static func main() {
    Interrupt.install()
    do {
      try Console.checkArguments()
      var command = try parseAsRoot()
      try command.run()
    } catch let error as ScoringError {
      Console.end(with: error)
    } catch let error where exitCode(for: error) == .validationFailure {
      Console.end(with: ScoringError(.usage, usage(error)))
    } catch {
      exit(withError: error)
    }
  }

  /// The parser's message in one line; its whole text ends with the command whose help tells more, in quotes.
  private static func usage(_ error: any Error) -> String {
    let help = fullMessage(for: error).split(separator: "'").dropLast().last ?? "adasoft --help"
    return "\(message(for: error)) ('\(help)' tells more)"
  }
}
