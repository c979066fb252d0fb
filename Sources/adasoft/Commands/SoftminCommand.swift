internal import ArgumentParser
internal import BatchScoring

struct SoftminCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "softmin", abstract: "exp(-x) / sum exp(-x) along one dimension of an array.")

  @Option(name: .long, parsing: .unconditional, help: "The dimension, counted from the end when negative.")
  var dim: Int

  @OptionGroup var options: ElementwiseOptions

  func run() throws { try options.perform(.softmin(dim: dim)) }
}
