public import ArgumentParser
public import BatchScoring

struct TopKCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "top-k", abstract: "The k most probable classes of each row, best first, and their log-probabilities.")

  @OptionGroup var files: HeadOptions

  @Option(name: .short, parsing: .unconditional, help: "How many classes of each row.")
  var k = 10

  @Option(
    name: .shortAndLong,
    help: """
      What to write: OUT stands for OUT.ids.npy, int64, and OUT.logprobs.npy, float32, both [rows, k]; OUT.tsv and \
      OUT.jsonl are text.
      """)
  var output: String

  @Option(name: .long, help: "How to write several files to a folder, or one whose name does not say it, as text.")
  var format: TextFormat?

  @Option(name: .long, help: "The words of the classes, one a line, for text.")
  var vocabulary: String?

  @OptionGroup var job: JobOptions
  @OptionGroup var options: RunOptions

  func run() throws {
    try options.start()
    let (result, seconds) = try options.timed { (progress) throws(ScoringError) in
      let inputs = try files.files(output: output)
      let job = try TopKJob(
        head: files.source, files: inputs, k: k, format: OutputName.format(inputs, output, format, arrays: nil),
        vocabulary: vocabulary, settings: job.settings(options))
      return try job.run(progress: progress)
    }
    let members: [(String, JSON)] = [
      ("k", .int(k)), ("tiles_computed", .int(result.tilesComputed)), ("tiles_skipped", .int(result.tilesSkipped)),
    ]
    try options.report(
      json: result.counts.json + members + options.measurements(rows: result.counts.rowsComputed, seconds: seconds),
      lines: [
        "rows     \(result.rows)", "skipped  \((100 * result.skippedShare).fixed(1)) % of the tiles of 256 classes",
      ])
  }
}

extension TextFormat: ExpressibleByArgument {}
