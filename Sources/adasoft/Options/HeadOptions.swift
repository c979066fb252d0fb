public import ArgumentParser
public import TensorFiles

/// The head and the hidden states of a scoring job.
struct HeadOptions: ParsableArguments {
  @Option(name: .long, help: "The head: a safetensors file with PyTorch's names (head.weight, tail.0.0.weight, ...).")
  var head: String

  @Option(
    name: .long,
    help: "The hidden states: a .npy array of floats, [rows, features]; a row that is not finite ends the job.")
  var hidden: String

  @Option(name: .long, help: "How the head's bytes are reached: auto maps local files and reads those on a network.")
  var io: IOMode = .auto
}

extension IOMode: ExpressibleByArgument {}
