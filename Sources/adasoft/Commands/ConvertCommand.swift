internal import AdaptiveSoftmax
public import ArgumentParser
public import BatchScoring
internal import TensorFiles

struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: """
      Another project's head as safetensors with PyTorch's names, in float32, float16 or bfloat16, or as it is.
      """,
    discussion: """
      Reads safetensors and the .pt files of torch.save (never executing them). With --hidden and --target it prints what \
      the conversion costs: the loss of the head as it was, in float64, and as it is scored from the new file.
      """)

  enum Layout: String, CaseIterable, ExpressibleByArgument {
    case pytorch, fairseq
    case transformerXL = "transformer-xl"
  }

  enum StorageType: String, CaseIterable, ExpressibleByArgument {
    case f32, f16, bf16

    var elementType: ElementType {
      switch self {
      case .f32: .float32
      case .f16: .float16
      case .bf16: .bfloat16
      }
    }
  }

  @Argument(help: "The head: a safetensors or .pt file.")
  var input: String

  @Option(name: .long, help: "Whose names the input has.")
  var from: Layout

  @Option(name: .shortAndLong, help: "The safetensors file to write.")
  var output: String

  @Option(name: .long, help: "What stands before the head's names. (default: the one prefix that fits)")
  var prefix: String?

  @Option(name: .long, help: "What to store the weights as. (default: as they are)")
  var dtype: StorageType?

  @Option(
    name: .long, help: "transformer-xl: which of the head's last columns is whose; the two codes in use differ.")
  var clusterOrder: HeadFormat.ClusterOrder?

  @Option(name: .long, help: "transformer-xl with div_val 1: where the clusters end: 20000,40000,200000.")
  var cutoffs: Cutoffs?

  @Flag(
    name: .long, inversion: .prefixedNo,
    help: "fairseq: whether projections are tied to the embedding's, and stored transposed. (default: by their shapes)")
  var tiedProjections: Bool?

  @Option(name: .long, help: "Hidden states to measure the cost on: a .npy array of floats, [rows, features].")
  var hidden: String?

  @Option(name: .long, help: "Their targets: a .npy array of integers, [rows].")
  var target: String?

  @Option(name: .long, help: "How the input's bytes are reached: auto maps local files and reads those on a network.")
  var io: IOMode = .auto

  @OptionGroup var batch: BatchOptions
  @OptionGroup var options: RunOptions

  func validate() throws {
    if from == .transformerXL, clusterOrder == nil {
      throw ValidationError(
        "--cluster-order: expected original or huggingface with --from transformer-xl, found neither; "
          + "the weights cannot tell which code trained them")
    }
    if from != .transformerXL, clusterOrder != nil || cutoffs != nil {
      throw ValidationError(
        "--cluster-order and --cutoffs: expected --from transformer-xl with them, found \(from.rawValue)")
    }
    if from != .fairseq, tiedProjections != nil {
      throw ValidationError("--tied-projections: expected --from fairseq with it, found \(from.rawValue)")
    }
    if (hidden == nil) != (target == nil) {
      throw ValidationError("--hidden and --target: expected both or neither, found one")
    }
  }

  private var format: HeadFormat {
    switch from {
    case .pytorch: .pytorch
    case .fairseq: .fairseq(tiedProjections: tiedProjections)
    case .transformerXL: .transformerXL(order: clusterOrder ?? .original, cutoffs: cutoffs?.values)
    }
  }

  func run() throws {
    try options.start()
    try OutputName.check(output, endsIn: "safetensors")
    let sample = hidden.flatMap { hidden in target.map { ConvertJob.Sample(hidden: hidden, target: $0) } }
    let (outcome, seconds) = try options.timed { (progress) throws(ScoringError) in
      let conversion = try HeadConversion(input, from: format, prefix: prefix, io: io)
      let job = try ConvertJob(
        conversion, output: output, dtype: dtype?.elementType, sample: sample, settings: batch.settings(options))
      return (job: job, result: try job.run(progress: progress))
    }
    try options.report(
      json: members(outcome.job, outcome.result) + [("seconds", .double(seconds))] + options.kernelMembers,
      lines: lines(outcome.job, outcome.result))
  }

  private func members(_ job: ConvertJob, _ result: ConvertJob.Result) -> [(String, JSON)] {
    let layout = job.conversion.layout
    var members: [(String, JSON)] = [
      ("format", .string(from.rawValue)), ("prefix", .string(job.conversion.prefix)),
      ("in_features", .int(layout.inFeatures)), ("n_classes", .int(layout.nClasses)),
      ("cutoffs", .array(layout.cutoffs.dropLast().map { .int($0) })),
      ("head_bias", .bool(layout.headBias)), ("tail_bias", .bool(layout.tailBias)),
      ("dtype", .string(job.dtype.name)), ("bytes_before", .int(job.conversion.sourceBytes)),
      ("bytes", .int(result.bytes)),
    ]
    if let cost = result.cost {
      members += [
        ("rows", .int(cost.rows)), ("loss_before", .double(cost.lossBefore)), ("loss", .double(cost.lossAfter)),
        ("largest_difference", .double(cost.rows > 0 ? cost.largestDifference : .nan)),
      ]
    }
    return members
  }

  private func lines(_ job: ConvertJob, _ result: ConvertJob.Result) -> [String] {
    let layout = job.conversion.layout
    let biases = [layout.headBias ? "head" : nil, layout.tailBias ? "tails" : nil].compactMap(\.self)
    var lines = [
      "prefix      \(job.conversion.prefix.quoted)",
      "features    \(layout.inFeatures.grouped)",
      "classes     \(layout.nClasses.grouped)",
      "cutoffs     \(layout.cutoffs.dropLast().map(\.description).joined(separator: ", "))",
      "biases      \(biases.isEmpty ? "none" : biases.joined(separator: ", "))",
      "weights     \(job.dtype.name), \(job.conversion.sourceBytes.grouped) -> \(result.bytes.grouped) bytes",
    ]
    if let cost = result.cost, cost.rows == 0 {
      lines.append("rows        0, on which no cost can be measured")
    } else if let cost = result.cost {
      lines += [
        "rows        \(cost.rows.grouped)",
        "loss        \(cost.lossBefore.fixed(9)) -> \(cost.lossAfter.fixed(9))",
        "difference  \(cost.largestDifference) at most in a log-probability",
      ]
    }
    return lines
  }
}

extension HeadFormat.ClusterOrder: ExpressibleByArgument {}
