internal import ArgumentParser
internal import BatchScoring

struct LogSumExpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logsumexp",
    abstract: "log sum exp(x) over one or several dimensions of an array; integers are taken as float32.")

  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: "A dimension to sum over, counted from the end when negative; may be given several times.")
  var dim: [Int]

  @Flag(name: .long, help: "Keep the dimensions summed over, with size 1.")
  var keepdim = false

  @OptionGroup var options: ElementwiseOptions

  func run() throws { try options.perform(.logSumExp(dims: dim, keepingDims: keepdim)) }
}
