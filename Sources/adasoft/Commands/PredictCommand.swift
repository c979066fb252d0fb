internal import ArgumentParser
internal import BatchScoring

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "The most probable class of each row: int64, [rows].")

  @OptionGroup var files: HeadOptions

  @Option(name: .shortAndLong, help: "The file to write: .npy, int64, [rows]; OUT.tsv and OUT.jsonl are text.")
  var output: String

  @OptionGroup var targets: TargetOptions

  @Option(
    name: .long, parsing: .unconditional,
    help: "A target that stands for no class: such rows do not count in the accuracy.")
  var ignoreIndex: Int64?

  @Option(name: .long, help: "How to write several files to a folder, or one whose name does not say it, as text.")
  var format: TextFormat?

  @Option(
    name: .long,
    help: "The words of the classes, one a line, for text; where .npy is written, prints those of the first rows.")
  var vocabulary: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: "How many rows --vocabulary prints, where .npy is written. (default: 10)")
  var samples: Int?

  @OptionGroup var job: JobOptions
  @OptionGroup var options: RunOptions

  func validate() throws {
    if let samples {
      guard samples >= 0 else { throw ValidationError("--samples: expected at least 0, found \(samples)") }
      guard vocabulary != nil else {
        throw ValidationError("--samples: expected words to print, found none; name their file (--vocabulary FILE)")
      }
    }
    if targets.paths.isEmpty, files.manifest == nil, ignoreIndex != nil || targets.column != nil {
      let option = ignoreIndex != nil ? "--ignore-index" : "--target-column"
      throw ValidationError("\(option): expected targets beside it, found none; give them (--target FILE)")
    }
  }

  func run() throws {
    try options.start()
    let (outcome, seconds) = try options.timed { (progress) throws(ScoringError) in
      let inputs = try files.files(targets, output: output)
      let format = try OutputName.format(inputs, output, format, arrays: "npy")
      guard format == nil || samples == nil else {
        throw ScoringError(
          .usage, "--samples: expected an output of arrays beside it, found text, which has the words; leave it out")
      }
      let job = try PredictJob(
        head: files.source, files: inputs, ignoreIndex: ignoreIndex, format: format,
        vocabulary: vocabulary, samples: vocabulary == nil ? 0 : samples ?? 10,
        settings: job.settings(options))
      return (result: try job.run(progress: progress), words: job.vocabulary)
    }
    let result = outcome.result
    var members: [(String, JSON)] = [("rows", .int(result.rows))]
    var lines: [String] = []
    if let accuracy = result.accuracy {
      lines.append("rows      \(result.rows)")
      if ignoreIndex != nil {
        members.append(("ignored", .int(result.rowsIgnored)))
        lines.append("ignored   \(result.rowsIgnored)")
      }
      members += result.total.json
      lines.append("accuracy  \((100 * accuracy).fixed(2)) %")
    }
    if result.files.count > 1 {
      let files = zip(result.counts.files, result.files).map { file, figures in
        JSON.object([("hidden", .string(file.hidden)), ("rows", .int(file.rows))] + figures.json)
      }
      members.append(("files", .array(files)))
    }
    if let words = outcome.words {
      members.append(("samples", .array(result.samples.map { $0.json(words) })))
      if result.samples.contains(where: { $0.target != nil }) { lines.append("target -> predicted") }
      lines += result.samples.map { $0.line(words) }
    }
    try options.report(
      json: members + options.measurements(rows: result.counts.rowsComputed, seconds: seconds), lines: lines)
  }
}

extension PredictJob.Figures {
  /// The members without the number of rows.
  var json: [(String, JSON)] { accuracy.map { [("accuracy", .double($0))] } ?? [] }
}

extension PredictJob.Sample {
  fileprivate func line(_ words: Vocabulary) -> String {
    guard let target else { return words[predicted] }
    return "\(words.word(target) ?? "(ignored)") -> \(words[predicted])"
  }

  fileprivate func json(_ words: Vocabulary) -> JSON {
    var members: [(String, JSON)] = [("row", .int(row))]
    if let target { members.append(("target", words.word(target).map(JSON.string) ?? .null)) }
    return .object(members + [("predicted", .string(words[predicted]))])
  }
}
