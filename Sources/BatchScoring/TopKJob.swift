internal import AdaptiveSoftmax

/// Writes the k most probable classes of every row, best first, with their log-probabilities.
///
/// As arrays, `OUT.ids.npy` (int64, [rows, k]) and `OUT.logprobs.npy` (float32, [rows, k]), or as lines of text.
public struct TopKJob: Sendable {
  /// The outcome of a job.
  public struct Result: Sendable, Equatable {
    /// The rows, in all and file by file.
    public let counts: RowCounts
    /// The tiles, of one row and 256 classes, that were computed.
    public let tilesComputed: Int
    /// The tiles that were left out, for they could hold none of the k best.
    public let tilesSkipped: Int

    /// The rows of all files.
    public var rows: Int { counts.rows }
    /// The part of all tiles that was left out, in 0...1; 0 for no tiles.
    public var skippedShare: Double {
      tilesSkipped == 0 ? 0 : Double(tilesSkipped) / (Double(tilesComputed) + Double(tilesSkipped))
    }
  }

  private let head: AdaptiveLogSoftmaxWithLoss<Float>
  private let job: RowJob
  private let k: Int
  private let lines: ClassLines?

  /// Opens and checks the files, and packs the head.
  ///
  /// - Parameters:
  ///   - files: hidden states, and where the classes go.
  ///   - k: from 1 to the number of classes.
  ///   - format: nil for arrays.
  ///   - vocabulary: the words of the classes, one a line, for text; nil for none.
  /// - Throws: `ScoringError` (`usage`: settings or names that contradict each other or the files, another k, a
  ///   vocabulary without text; `missingInput`; `data`: a head, hidden states, words, or a journal or part of an
  ///   earlier run, that do not fit; `cannotCreate`, `outputExists`, `outputBusy`; `unfinished`: results of an earlier
  ///   run, neither to be resumed nor overwritten; `inputOutput`).
  public init(
    head source: HeadSource, files: JobFiles, k: Int, format: TextFormat? = nil,
    vocabulary vocabularyPath: String? = nil, settings: JobSettings = JobSettings()
  ) throws(ScoringError) {
    let file = try HeadFile(source)
    guard (1...file.layout.nClasses).contains(k) else {
      throw ScoringError(
        .usage, "\(source.path): expected k from 1 to its \(file.layout.nClasses) classes, found \(k); choose another k"
      )
    }
    let vocabulary = try Vocabulary.read(vocabularyPath, for: format, classes: file.layout.nClasses)
    let outputs =
      if let format {
        [OutputDescription(suffix: files.isMany ? ".\(format.rawValue)" : "", .text, rowShape: [k])]
      } else {
        [
          OutputDescription(suffix: ".ids.npy", .int64, rowShape: [k]),
          OutputDescription(suffix: ".logprobs.npy", .float32, rowShape: [k]),
        ]
      }
    var options = [(name: "k", value: "\(k)"), (name: "format", value: format?.rawValue ?? "npy")]
    if let vocabulary { options.append((name: "vocabulary", value: vocabulary.digest)) }
    job = try RowJob(
      "top-k", head: file.scored, files: files, outputs: outputs, options: options,
      readable: [vocabularyPath].compactMap(\.self), settings: settings)
    head = try file.load(threads: settings.threads)
    self.k = k
    lines = format.map { ClassLines(format: $0, vocabulary: vocabulary) }
  }

  /// Finds the classes of all rows; an output appears when its last row is written.
  ///
  /// - Throws: `ScoringError` (`data` at the first row that is not finite; `inputOutput`; where files or names changed
  ///   since `init`, also `missingInput`, `cannotCreate`, `outputExists` and `outputBusy`; what `progress` throws).
  /// - Complexity: O(rows * head), and the tails that can hold one of the k best.
  public func run(progress: ProgressCallback = { _ in }) throws(ScoringError) -> Result {
    var best = TopK<Float>()
    let outcome = try job.run(progress: progress) { (batch, results) throws(ScoringError) in
      try about(job.head.path) { () throws(SoftmaxError) in
        try head.topK(batch.hidden, k: k, into: &best, threads: job.settings.threads)
      }
      results.tally.counts = ["tiles-computed": best.tiles.computed, "tiles-skipped": best.tiles.skipped]
      try write(&best, of: batch, to: &results)
    }
    return Result(
      counts: RowCounts(job, outcome), tilesComputed: outcome.tally.count("tiles-computed"),
      tilesSkipped: outcome.tally.count("tiles-skipped"))
  }

  private func write(_ best: inout TopK<Float>, of batch: RowBatch, to results: inout RowResults) throws(ScoringError) {
    let wrong = best.logProbs.withUnsafeBufferPointer { $0.firstIndex(where: \.isNaN) }
    if let wrong { throw HiddenRows.overflow(batch.path, row: batch.rows.lowerBound + wrong / k) }
    job.head.order?.restore(&best.ids)
    guard let lines else {
      swap(&best.ids, &results.outputs[0].int64)
      swap(&best.logProbs, &results.outputs[1].float32)
      return
    }
    let (ids, logProbs) = (best.ids.scalars, best.logProbs.scalars)
    results.outputs[0].text.removeAll(keepingCapacity: true)
    for i in 0..<batch.rows.count {
      let places = i * k..<(i + 1) * k
      lines.append(ids[places], logProbs[places], row: batch.rows.lowerBound + i, to: &results.outputs[0].text)
    }
  }
}
