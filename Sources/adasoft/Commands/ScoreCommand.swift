internal import ArgumentParser
internal import BatchScoring

struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score", abstract: "The log-probability of each row's target, their mean loss and perplexity.")

  @OptionGroup var files: HeadOptions

  @Option(
    name: .long, parsing: .upToNextOption,
    help:
      "The targets: a .npy array of integers, [rows]; for several hidden states as many, or a folder of the same names."
  )
  var target: [String] = []

  @Option(name: .shortAndLong, help: "The .npy file to write the log-probabilities to: float32, [rows].")
  var output: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: "A target that stands for no class: such rows have log-probability 0 and do not count in the loss.")
  var ignoreIndex: Int64?

  @OptionGroup var job: JobOptions
  @OptionGroup var options: RunOptions

  func validate() throws {
    guard !target.isEmpty || files.manifest != nil else {
      throw ValidationError("Missing expected argument '--target <target>'")
    }
  }

  func run() throws {
    try options.start()
    let (result, seconds) = try options.timed { (progress) throws(ScoringError) in
      let job = try ScoreJob(
        head: files.head, io: files.io, files: files.files(target: target, output: output), ignoreIndex: ignoreIndex,
        settings: job.settings(options))
      return try job.run(progress: progress)
    }
    var members: [(String, JSON)] = [("rows", .int(result.rows))]
    var lines = ["rows        \(result.rows)"]
    if ignoreIndex != nil {
      members.append(("ignored", .int(result.rowsIgnored)))
      lines.append("ignored     \(result.rowsIgnored)")
    }
    members += [("loss", .double(result.loss)), ("perplexity", .double(result.perplexity))]
    lines += ["loss        \(result.loss.fixed(9))", "perplexity  \(result.perplexity.fixed(6))"]
    if result.files.count > 1 {
      members.append(
        ("files", .array(result.files.map { .object([("hidden", .string($0.hidden))] + $0.figures.json) })))
    }
    let computed = result.rows - result.rowsResumed
    try options.report(json: members + options.measurements(rows: computed, seconds: seconds), lines: lines)
  }
}

extension ScoreJob.Figures {
  var json: [(String, JSON)] { [("rows", .int(rows)), ("loss", .double(loss)), ("perplexity", .double(perplexity))] }
}
