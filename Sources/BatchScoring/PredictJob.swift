internal import AdaptiveSoftmax
public import TensorFiles

/// Writes the most probable class of every row, the lowest of equals: int64, [rows], or text.
public struct PredictJob: Sendable {
  /// A row to show.
  public struct Sample: Sendable, Equatable {
    /// Its number in its file.
    public let row: Int
    /// The target; nil where none were given.
    public let target: Int?
    /// The most probable class.
    public let predicted: Int
  }

  /// The figures of some rows.
  public struct Figures: Sendable, Equatable {
    /// All rows, ignored ones too.
    public let rows: Int
    /// Rows whose prediction is their target, ignored rows left out; nil without targets.
    public let rowsCorrect: Int?
    /// Rows whose target is the ignored index.
    public let rowsIgnored: Int

    /// Of the rows that are not ignored, the share whose prediction is their target; nil without targets, NaN where all
    /// are ignored.
    public var accuracy: Double? { rowsCorrect.map { Double($0) / Double(rows - rowsIgnored) } }

    /// The figures of a tally such as a predict job leaves.
    public init(rows: Int, tally: Tally) {
      self.rows = rows
      rowsCorrect = tally.counts["correct"]
      rowsIgnored = tally.count("ignored")
    }
  }

  /// The outcome of a job.
  public struct Result: Sendable, Equatable {
    /// The rows, in all and file by file.
    public let counts: RowCounts
    /// Over all files.
    public let total: Figures
    /// Those of each file, in the order of the counts.
    public let files: [Figures]
    /// The first rows of the first file; none where the output is text.
    public let samples: [Sample]

    /// The rows of all files.
    public var rows: Int { counts.rows }
    /// Those of them whose target is the ignored index.
    public var rowsIgnored: Int { total.rowsIgnored }
    /// The share of the others whose prediction is their target; nil without targets.
    public var accuracy: Double? { total.accuracy }
  }

  /// The words of the classes, when they were given.
  public let vocabulary: Vocabulary?

  private let head: AdaptiveLogSoftmaxWithLoss<Float>
  private let job: RowJob
  /// In the head's ids.
  private let ignoreIndex: Int64?
  private let sampleCount: Int
  private let lines: ClassLines?

  /// Opens and checks the files, scans the targets, and packs the head.
  ///
  /// - Parameters:
  ///   - files: hidden states, targets to compare with, if any, and where the classes go.
  ///   - ignoreIndex: a target that stands for no class.
  ///   - format: nil for arrays.
  ///   - vocabulary: the words of the classes, one a line; nil for none.
  ///   - samples: how many of the first rows the result shows.
  /// - Throws: `ScoringError` (`usage`: settings or names that contradict each other or the files; `missingInput`;
  ///   `data`: a head, hidden states, targets, words, or a journal or part of an earlier run, that do not fit;
  ///   `cannotCreate`, `outputExists`, `outputBusy`; `unfinished`: results of an earlier run, neither to be resumed nor
  ///   overwritten; `inputOutput`).
  public init(
    head source: HeadSource, files: JobFiles, ignoreIndex: Int64? = nil, format: TextFormat? = nil,
    vocabulary vocabularyPath: String? = nil, samples: Int = 0, settings: JobSettings = JobSettings()
  ) throws(ScoringError) {
    let file = try HeadFile(source)
    let vocabulary = try vocabularyPath.map { (path) throws(ScoringError) in
      try Vocabulary(path: path, classes: file.layout.nClasses)
    }
    var output = OutputDescription(.int64)
    var options = [(name: "ignore-index", value: ignoreIndex.map(\.description) ?? "none")]
    if let format {
      output = OutputDescription(suffix: files.isMany ? ".\(format.rawValue)" : "", .text)
      options += [("format", format.rawValue), ("vocabulary", vocabulary?.digest ?? "none")]
    }
    job = try RowJob(
      "predict", head: file.scored, files: files, targets: .optional(ignoreIndex: ignoreIndex), outputs: [output],
      options: options,
      readable: [vocabularyPath].compactMap(\.self), settings: settings)
    head = try file.load(threads: settings.threads)
    self.vocabulary = vocabulary
    self.ignoreIndex = ignoreIndex.map { file.scored.sorted($0) }
    sampleCount = samples
    lines = format.map { ClassLines(format: $0, vocabulary: vocabulary) }
  }

  /// The same for one file of hidden states.
  ///
  /// - Throws: `ScoringError`, as the initialiser above.
  public init(
    head: String, io: IOMode = .auto, hidden: String, target: String? = nil, vocabulary: String? = nil, output: String,
    samples: Int = 0, settings: JobSettings = JobSettings()
  ) throws(ScoringError) {
    try self.init(
      head: HeadSource(path: head, io: io), files: JobFiles(hidden: hidden, target: target, output: output),
      vocabulary: vocabulary,
      samples: samples, settings: settings)
  }

  /// Predicts all rows; an output appears when its last row is written.
  ///
  /// - Throws: `ScoringError` (`data` at the first row that is not finite; `inputOutput`; where files or names changed
  ///   since `init`, also `missingInput`, `cannotCreate`, `outputExists` and `outputBusy`; what `progress` throws).
  public func run(progress: ProgressCallback = { _ in }) throws(ScoringError) -> Result {
    var top = TopK<Float>()
    var nothing = Tally()
    if job.sources[0].item.target != nil { nothing.counts = ["correct": 0, "ignored": 0] }
    let outcome = try job.run(progress: progress, nothing: nothing) { (batch, results) throws(ScoringError) in
      // The best class as `predict` finds it, with its log-probability: NaN where logits are beyond float32.
      try about(job.head.path) { () throws(SoftmaxError) in
        try head.topK(batch.hidden, k: 1, into: &top, threads: job.settings.threads)
      }
      let wrong = top.logProbs.withUnsafeBufferPointer { $0.firstIndex(where: \.isNaN) }
      if let wrong { throw HiddenRows.overflow(batch.path, row: batch.rows.lowerBound + wrong) }
      if batch.target.count > 0 {
        results.tally.counts["correct"] = zip(top.ids.scalars, batch.target.scalars).reduce(0) {
          $0 + ($1.0 == $1.1 && $1.1 != ignoreIndex ? 1 : 0)
        }
        results.tally.counts["ignored"] = batch.target.scalars.count { $0 == ignoreIndex }
      }
      job.head.order?.restore(&top.ids)
      guard let lines else { return swap(&top.ids, &results.outputs[0].int64) }
      let ids = top.ids.scalars
      results.outputs[0].text.removeAll(keepingCapacity: true)
      for (i, row) in batch.rows.enumerated() { lines.append(ids[i...i], row: row, to: &results.outputs[0].text) }
    }
    return Result(
      counts: RowCounts(job, outcome), total: Figures(rows: job.rowCount, tally: outcome.tally),
      files: zip(job.sources, outcome.tallies).map { Figures(rows: $0.rows.count, tally: $1) },
      samples: try samples())
  }

  /// The first rows as they are in the output.
  private func samples() throws(ScoringError) -> [Sample] {
    let source = job.sources[0]
    let count = min(sampleCount, source.rows.count)
    guard lines == nil, count > 0, let output = job.files.path(of: 0, job.outputs[0], shard: job.settings.shard) else {
      return []
    }
    var (classes, target) = (Tensor<Int64>([]), Tensor<Int64>([]))
    try fromFile { () throws(FileError) in try NPYReader(path: output).read(rows: 0..<count, into: &classes) }
    let first = source.rows.lowerBound
    try source.open().targets?.read(first..<(first + count), into: &target)
    return (0..<count).map {
      Sample(
        row: first + $0, target: target.count > 0 ? Int(target.scalars[$0]) : nil, predicted: Int(classes.scalars[$0]))
    }
  }
}
