internal import ArgumentParser
internal import BatchScoring

struct SoftmaxCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "softmax", abstract: "exp(x) / sum exp(x) along one dimension of an array.")

  @Option(name: .long, parsing: .unconditional, help: "The dimension, counted from the end when negative.")
  var dim: Int

  @OptionGroup var options: ElementwiseOptions

  func run() throws { try options.perform(.softmax(dim: dim)) }
}
