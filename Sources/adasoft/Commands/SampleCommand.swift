internal import ArgumentParser
internal import BatchScoring

struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample", abstract: "Classes drawn at random from the distribution of each row: int64, [rows, n].",
    discussion: """
      The distribution is p^(1/T), normalised over all classes; --top-k restricts it, then --top-p. Draws depend on the \
      seed, the row's number in its file and the draw's number only.
      """)

  @OptionGroup var files: HeadOptions

  @Option(
    name: .shortAndLong,
    help: "The file to write: .npy, int64, [rows, n]; OUT.tsv and OUT.jsonl are text.")
  var output: String

  @Option(name: [.customShort("n"), .customLong("draws")], parsing: .unconditional, help: "Draws for each row.")
  var draws = 1

  @Option(name: .long, parsing: .unconditional, help: "The seed: the same draws every time.")
  var seed: UInt64

  @Option(name: .long, parsing: .unconditional, help: "T, 1e-6 to 1e6: below 1 sharpens, above 1 flattens.")
  var temperature = 1.0

  @Option(name: .long, parsing: .unconditional, help: "Draw from the K most probable classes only.")
  var topK: Int?

  @Option(
    name: .long, parsing: .unconditional,
    help: "Draw from the fewest of the most probable classes only that make up this probability.")
  var topP: Double?

  @Option(name: .long, help: "How to write several files to a folder, or one whose name does not say it, as text.")
  var format: TextFormat?

  @Option(name: .long, help: "The words of the classes, one a line, for text.")
  var vocabulary: String?

  @OptionGroup var job: JobOptions
  @OptionGroup var options: RunOptions

  func validate() throws {
    // A batch is one row or more: the draws of a row must fit into memory.
    guard (1...1 << 24).contains(draws) else {
      throw ValidationError("-n: expected 1 to \(1 << 24), found \(draws); take several seeds for more")
    }
    guard (1e-6...1e6).contains(temperature) else {
      throw ValidationError("--temperature: expected 1e-6 to 1e6, found \(temperature); predict gives the best class")
    }
    if let topK, topK < 1 { throw ValidationError("--top-k: expected at least 1, found \(topK)") }
    if let topP, !(topP > 0 && topP <= 1) {
      throw ValidationError("--top-p: expected a number above 0 and at most 1, found \(topP)")
    }
  }

  func run() throws {
    try options.start()
    let (counts, seconds) = try options.timed { (progress) throws(ScoringError) in
      let inputs = try files.files(output: output)
      let job = try SampleJob(
        head: files.source, files: inputs,
        draws: SampleJob.Draws(count: draws, seed: seed, temperature: temperature, topK: topK, topP: topP),
        format: OutputName.format(inputs, output, format, arrays: "npy"), vocabulary: vocabulary,
        settings: job.settings(options))
      return try job.run(progress: progress)
    }
    try options.report(
      json: counts.json + [("draws", .int(draws))]
        + options.measurements(rows: counts.rowsComputed, seconds: seconds))
  }
}
