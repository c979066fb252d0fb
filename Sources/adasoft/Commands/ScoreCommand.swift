internal import ArgumentParser
internal import BatchScoring

struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score", abstract: "The log-probability of each row's target, their mean loss and perplexity.")

  @OptionGroup var files: HeadOptions

  @OptionGroup var targets: TargetOptions

  @Option(name: .shortAndLong, help: "The .npy file to write the log-probabilities to: float32, [rows].")
  var output: String?

  @Flag(
    name: .long,
    help: """
      Also writes log sum exp(logits) of each row beside the output, to OUT.npy.lse.npy for -o OUT.npy: float32, [rows]; \
      for a plain head.
      """)
  var logSumExp = false

  @Option(
    name: .long, parsing: .unconditional,
    help: "A target that stands for no class: such rows have log-probability 0 and do not count in the loss.")
  var ignoreIndex: Int64?

  @Option(
    name: .long, parsing: .upToNextOption,
    help: "Also prints the share of targets among the k best classes for these k.")
  var recall: [Int] = []

  @Flag(
    name: .long, inversion: .prefixedNo,
    help: "The share of rows whose target is the most probable class; without it a job is quicker.")
  var accuracy = true

  @Flag(name: .long, help: "Also prints the mean reciprocal rank of the targets.")
  var mrr = false

  @Flag(name: .long, help: "Also prints the rows and the loss of each band of classes: the shortlist, then each tail.")
  var clusters = false

  @OptionGroup var job: JobOptions
  @OptionGroup var options: RunOptions

  func validate() throws {
    try targets.check(beside: files)
    guard !logSumExp || output != nil else {
      throw ValidationError("--log-sum-exp: expected an output to write them beside, found none; name one with -o")
    }
    try TargetOptions.check(recall: recall)
  }

  func run() throws {
    try options.start()
    let (result, seconds) = try options.timed { (progress) throws(ScoringError) in
      let job = try ScoreJob(
        head: files.source, files: files.arrayFiles(targets, output: output),
        logSumExp: logSumExp, ignoreIndex: ignoreIndex,
        accuracy: accuracy, recall: recall, meanReciprocalRank: mrr, clusters: clusters, settings: job.settings(options)
      )
      return try job.run(progress: progress)
    }
    var members: [(String, JSON)] = [("rows", .int(result.rows))]
    var lines = ["rows        \(result.rows)"]
    if ignoreIndex != nil {
      members.append(("ignored", .int(result.rowsIgnored)))
      lines.append("ignored     \(result.rowsIgnored)")
    }
    members += result.total.losses
    lines += result.total.lines
    if clusters {
      members.append(result.clusters.member)
      lines += result.clusters.lines
    }
    if result.files.count > 1 {
      members.append(
        ("files", .array(result.files.map { .object([("hidden", .string($0.hidden))] + $0.figures.json) })))
    }
    let computed = result.rows - result.rowsResumed
    try options.report(json: members + options.measurements(rows: computed, seconds: seconds), lines: lines)
  }
}

extension ScoreJob.Figures {
  var json: [(String, JSON)] { [("rows", .int(rows))] + losses }

  /// The members without the number of rows.
  var losses: [(String, JSON)] {
    [("loss", .double(loss)), ("perplexity", .double(perplexity)), ("bits_per_word", .double(bitsPerWord))]
      + (accuracy.map { [("accuracy", .double($0))] } ?? []) + (ranks?.json ?? [])
  }

  var lines: [String] {
    ["loss        \(loss.fixed(9))", "perplexity  \(perplexity.fixed(6))", "bits/word   \(bitsPerWord.fixed(6))"]
      + (accuracy.map { ["accuracy    \((100 * $0).fixed(2)) %"] } ?? []) + (ranks?.lines ?? [])
  }
}

extension [ScoreJob.Cluster] {
  var member: (String, JSON) { ("clusters", .array(map { .object($0.json) })) }

  var lines: [String] { ["", "          classes        rows        loss"] + map(\.line) }
}

extension ScoreJob.Cluster {
  fileprivate var json: [(String, JSON)] {
    [
      ("classes", .array([.int(classes.lowerBound), .int(classes.upperBound)])), ("rows", .int(rows)),
      ("loss", .double(loss)),
    ]
  }

  fileprivate var line: String {
    [("\(classes)", 17), ("\(rows)", 12), (loss.fixed(6), 12)]
      .map { String(repeating: " ", count: max(1, $0.1 - $0.0.count)) + $0.0 }.joined()
  }
}
