internal import ArgumentParser
internal import BatchScoring

struct LogProbCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log-prob", abstract: "The log-probability of every class for each row: float32, [rows, classes].")

  @OptionGroup var files: HeadOptions

  @Option(name: .shortAndLong, help: "The .npy file to write.")
  var output: String

  @Option(name: .long, parsing: .unconditional, help: "Only the rows A up to but not including B. (default: all)")
  var rows: RowRange?

  @OptionGroup var batch: BatchOptions
  @OptionGroup var options: RunOptions

  func run() throws {
    try options.start()
    let (count, seconds) = try options.timed { (progress) throws(ScoringError) in
      let job = try LogProbJob(
        head: files.head, io: files.io, hidden: files.hidden, rows: rows?.range, output: output,
        settings: batch.settings(options))
      return try job.run(progress: progress)
    }
    try options.report(json: [("rows", .int(count))] + options.measurements(rows: count, seconds: seconds))
  }
}
