internal import ArgumentParser
internal import BatchScoring

struct LogProbCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log-prob", abstract: "The log-probability of every class for each row: float32, [rows, classes].")

  @OptionGroup var files: HeadOptions

  @Option(name: .shortAndLong, help: "The .npy file to write.")
  var output: String

  @Option(
    name: .long, parsing: .unconditional,
    help: "Only the rows A:B, counted from 0, from A up to but not including B. (default: all)",
    transform: RowRange.init(parsing:))
  var rows: RowRange?

  @OptionGroup var job: JobOptions
  @OptionGroup var options: RunOptions

  func run() throws {
    try options.start()
    let (counts, seconds) = try options.timed { (progress) throws(ScoringError) in
      let job = try LogProbJob(
        head: files.source, files: files.arrayFiles(output: output), rows: rows?.range,
        settings: job.settings(options))
      return try job.run(progress: progress)
    }
    try options.report(json: counts.json + options.measurements(rows: counts.rowsComputed, seconds: seconds))
  }
}
