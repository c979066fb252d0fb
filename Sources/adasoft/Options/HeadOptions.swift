public import AdaptiveSoftmax
public import ArgumentParser
internal import BatchScoring
public import TensorFiles

/// The head and the hidden states of a scoring job.
struct HeadOptions: ParsableArguments {
  @Option(
    name: .long, help: "The head: a safetensors or .pt file with PyTorch's names (head.weight, tail.0.0.weight, ...).")
  var head: String

  @Option(
    name: .long,
    help: "What the weights are held in: f32, exactly; or bf16, rounded: half the memory, and quicker for a few rows.")
  var weights: WeightStorage = .exact

  @Option(
    name: .long,
    help: """
      The order of the head's classes, as plan --permutation-output writes it: targets, outputs and vocabularies are then \
      in the original ids.
      """)
  var permutation: String?

  @Option(
    name: .long,
    help: """
      What stands before the head's names, with its dot; before those of --weight and --bias too. (default: the one \
      prefix that fits an adaptive head)
      """)
  var prefix: String?

  @OptionGroup(title: "Plain heads") var plain: PlainHeadOptions

  @Option(
    name: .long, parsing: .upToNextOption,
    help: """
      The hidden states: a .npy array of floats, [rows, features]; a row that is not finite ends the job. Of several \
      files, folders of them or patterns, the outputs go to the folder that -o names; of one too, where -o names a folder \
      (FOLDER/).
      """)
  var hidden: [String] = []

  @Option(name: .long, help: "What to read hidden states of dtype V2 as: bf16, for ml_dtypes saves bfloat16 so.")
  var dtype: RawType?

  @Option(
    name: .long,
    help: """
      A list of hidden states, a file a line, its targets behind a tab (-: standard input); names are relative to the \
      working directory.
      """)
  var manifest: String?

  @Option(name: .long, help: "How the head's bytes are reached: auto maps local files and reads those on a network.")
  var io: IOMode = .auto

  func validate() throws {
    guard !hidden.isEmpty || manifest != nil else {
      throw ValidationError("Missing expected argument '--hidden <hidden>'")
    }
  }

  /// Where the head comes from.
  var source: HeadSource {
    HeadSource(path: head, io: io, plain: plain.head, prefix: prefix, storage: weights, permutation: permutation)
  }

  /// The job's files, one by one.
  func files(_ targets: TargetOptions? = nil, output: String?) throws(ScoringError) -> JobFiles {
    var files = try JobFiles(hidden: hidden, target: targets?.paths ?? [], manifest: manifest, output: output)
    files.targetColumn = targets?.column
    files.hiddenType = dtype?.elementType
    return files
  }

  /// The same for a job that writes one array for each file of hidden states.
  func arrayFiles(_ targets: TargetOptions? = nil, output: String?) throws(ScoringError) -> JobFiles {
    let files = try files(targets, output: output)
    if let output, !files.isMany { try OutputName.check(output, endsIn: "npy") }
    return files
  }
}

/// What numbers an array of raw bytes holds.
enum RawType: String, CaseIterable, ExpressibleByArgument {
  case bf16

  var elementType: ElementType { .bfloat16 }
}

extension IOMode: ExpressibleByArgument {}
extension WeightStorage: ExpressibleByArgument {}
