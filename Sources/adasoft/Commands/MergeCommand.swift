internal import ArgumentParser
internal import BatchScoring

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Joins the parts that --shard wrote: the bytes of a job that was not cut.",
    discussion: """
      Every part carries a checksum of its rows, which is compared before the output gets its name.
      """)

  @Argument(help: "The parts of one output, in any order: OUT.npy.1-of-4.part ...")
  var parts: [String]

  @Option(name: .shortAndLong, help: "The file to write; a folder (FOLDER/) takes the parts of several outputs.")
  var output: String

  @Flag(name: .long, help: "Replace the output if it exists.")
  var overwrite = false

  @OptionGroup var options: RunOptions

  func run() throws {
    try options.start()
    let (result, seconds) = try options.timed { (progress) throws(ScoringError) in
      guard OutputPlace(output) == .folder else { return try merge([(output, parts)], progress) }
      let folder = output.hasSuffix("/") ? output : output + "/"
      let outputs = try MergeJob.grouped(parts).map { (name: folder + $0.name, parts: $0.parts) }
      return try MergeJob.withFolder(folder) { () throws(ScoringError) in try merge(outputs, progress) }
    }
    var members: [(String, JSON)] = [
      ("job", .string(result.job)), ("parts", .int(result.parts)), ("rows", .int(result.rows)),
    ]
    var lines = ["rows        \(result.rows)"]
    if let ignored = result.rowsIgnored {
      members.append(("ignored", .int(ignored)))
      lines.append("ignored     \(ignored)")
    }
    if result.tally.sums["loss"] != nil {
      let figures = ScoreJob.Figures(rows: result.rows, tally: result.tally)
      members += figures.losses
      lines += figures.lines
      if !result.clusters.isEmpty {
        members.append(result.clusters.member)
        lines += result.clusters.lines
      }
    } else if result.tally.counts["ranked"] != nil {
      let figures = RankFigures(result.tally)
      members += figures.json
      lines += figures.lines
    } else {
      let figures = PredictJob.Figures(rows: result.rows, tally: result.tally)
      members += figures.json
      lines += figures.accuracy.map { ["accuracy    \((100 * $0).fixed(2)) %"] } ?? []
    }
    try options.report(json: members + [("seconds", .double(seconds))], lines: lines)
  }

  /// Checks all outputs' parts, then joins them.
  private func merge(
    _ outputs: [(name: String, parts: [String])], _ progress: ProgressCallback
  ) throws(ScoringError) -> MergeJob.Result {
    var jobs: [MergeJob] = []
    for (name, parts) in outputs {
      let job = try MergeJob(parts: parts, output: name, settings: JobSettings(overwrite: overwrite))
      try OutputName.check(name, endsIn: job.fileExtension)
      jobs.append(job)
    }
    try MergeJob.checkAlike(jobs)
    var results: [MergeJob.Result] = []
    for job in jobs { results.append(try job.run(progress: progress)) }
    return MergeJob.Result(joining: results)
  }
}
