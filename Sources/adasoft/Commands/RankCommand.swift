internal import ArgumentParser
internal import BatchScoring

struct RankCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rank", abstract: "The rank of each row's target, 1 for the most probable class: int64, [rows].")

  @OptionGroup var files: HeadOptions

  @OptionGroup var targets: TargetOptions

  @Option(name: .shortAndLong, help: "The .npy file to write the ranks to; 0 for ignored rows.")
  var output: String?

  @Option(name: .long, parsing: .unconditional, help: "A target that stands for no class.")
  var ignoreIndex: Int64?

  @Option(name: .long, parsing: .upToNextOption, help: "Prints the share of targets among the k best for these k.")
  var recall = [1, 5, 10, 50, 100]

  @OptionGroup var job: JobOptions
  @OptionGroup var options: RunOptions

  func validate() throws {
    try targets.check(beside: files)
    try TargetOptions.check(recall: recall)
  }

  func run() throws {
    try options.start()
    let (result, seconds) = try options.timed { (progress) throws(ScoringError) in
      let job = try RankJob(
        head: files.source, files: files.arrayFiles(targets, output: output),
        ignoreIndex: ignoreIndex,
        recall: recall, settings: job.settings(options))
      return try job.run(progress: progress)
    }
    var members = result.counts.json
    var lines = ["rows        \(result.rows)"]
    if ignoreIndex != nil {
      members.append(("ignored", .int(result.rows - result.figures.rows)))
      lines.append("ignored     \(result.rows - result.figures.rows)")
    }
    try options.report(
      json: members + result.figures.json + options.measurements(rows: result.counts.rowsComputed, seconds: seconds),
      lines: lines + result.figures.lines)
  }
}

extension RankFigures {
  var json: [(String, JSON)] {
    (meanReciprocalRank.map { [("mrr", JSON.double($0))] } ?? [])
      + (recall.isEmpty ? [] : [("recall", JSON.object(recall.map { ("\($0.k)", .double($0.share)) }))])
  }

  var lines: [String] {
    (meanReciprocalRank.map { ["mrr         \($0.fixed(6))"] } ?? [])
      + recall.map { entry in
        let name = "recall@\(entry.k)"
        return name + String(repeating: " ", count: max(1, 12 - name.count)) + (100 * entry.share).fixed(2) + " %"
      }
  }
}
