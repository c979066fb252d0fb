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

  @Option(name: .shortAndLong, help: "The file to write; a folder, named with a slash, takes several outputs' parts.")
  var output: String

  @Flag(name: .long, help: "Replace the output if it exists.")
  var overwrite = false

  @OptionGroup var options: RunOptions

  func run() throws {
    try options.start()
    let (result, seconds) = try options.timed { (progress) throws(ScoringError) in
      let outputs =
        output.hasSuffix("/")
        ? try MergeJob.grouped(parts).map { (name: output + $0.name, parts: $0.parts) } : [(output, parts)]
      var jobs: [MergeJob] = []
      for (name, parts) in outputs {
        let job = try MergeJob(parts: parts, output: name, settings: JobSettings(overwrite: overwrite))
        try OutputName.check(name, endsIn: job.fileExtension)
        jobs.append(job)
      }
      var results: [MergeJob.Result] = []
      for job in jobs { results.append(try job.run(progress: progress)) }
      return MergeJob.Result(joining: results)
    }
    var members: [(String, JSON)] = [
      ("job", .string(result.job)), ("parts", .int(result.parts)), ("rows", .int(result.rows)),
    ]
    var lines = ["rows        \(result.rows)"]
    if result.tally.sums["loss"] != nil {
      let figures = ScoreJob.Figures(rows: result.rows, tally: result.tally)
      members += figures.losses
      lines += figures.lines
    } else if result.tally.counts["ranked"] != nil {
      let figures = RankFigures(result.tally)
      members += figures.json
      lines += figures.lines
    }
    try options.report(json: members + [("seconds", .double(seconds))], lines: lines)
  }
}
