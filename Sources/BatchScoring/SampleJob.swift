internal import AdaptiveSoftmax

/// Draws classes at random from the distribution of every row: int64, [rows, count], or text.
///
/// A draw depends on the seed, the row's number in its file and the draw's number, so that batches, shards and runs of a
/// job join to what one run gives.
public struct SampleJob: Sendable {
  /// What is drawn.
  public struct Draws: Sendable, Equatable {
    /// Draws for each row.
    public var count: Int
    /// The seed of the draws.
    public var seed: UInt64
    /// Draws from p^(1 / temperature), normalised over all classes.
    public var temperature: Double
    /// Only the k most probable classes; nil for all.
    public var topK: Int?
    /// Only the fewest of the most probable classes that make up this probability; nil for all.
    public var topP: Double?

    /// Draws with this seed; by default one a row, from the head's own distribution.
    public init(count: Int = 1, seed: UInt64, temperature: Double = 1, topK: Int? = nil, topP: Double? = nil) {
      self.count = count
      self.seed = seed
      self.temperature = temperature
      self.topK = topK
      self.topP = topP
    }

    /// What decides the results, by name.
    fileprivate var options: [(name: String, value: String)] {
      [
        ("draws", "\(count)"), ("seed", "\(seed)"), ("temperature", "\(temperature)"),
        ("top-k", topK.map(\.description) ?? "none"), ("top-p", topP.map(\.description) ?? "none"),
      ]
    }
  }

  private let head: AdaptiveLogSoftmaxWithLoss<Float>
  private let job: RowJob
  private let draws: Draws
  private let lines: ClassLines?

  /// Opens and checks the files, and packs the head.
  ///
  /// - Parameters:
  ///   - files: hidden states, and where the classes go.
  ///   - format: nil for arrays.
  ///   - vocabulary: the words of the classes, one a line, for text; nil for none.
  /// - Throws: `ScoringError` (`usage`: settings or names that contradict each other or the files, draws that cannot be
  ///   made, a vocabulary without text; `missingInput`; `data`: a head, hidden states, words, or a journal or part of
  ///   an earlier run, that do not fit; `cannotCreate`, `outputExists`, `outputBusy`; `unfinished`: results of an
  ///   earlier run, neither to be resumed nor overwritten; `inputOutput`).
  public init(
    head source: HeadSource, files: JobFiles, draws: Draws, format: TextFormat? = nil,
    vocabulary vocabularyPath: String? = nil, settings: JobSettings = JobSettings()
  ) throws(ScoringError) {
    let file = try HeadFile(source)
    let vocabulary = try Vocabulary.read(vocabularyPath, for: format, classes: file.layout.nClasses)
    let output =
      if let format {
        OutputDescription(suffix: files.isMany ? ".\(format.rawValue)" : "", .text, rowShape: [draws.count])
      } else {
        OutputDescription(.int64, rowShape: [draws.count])
      }
    var options = draws.options + [(name: "format", value: format?.rawValue ?? "npy")]
    if let vocabulary { options.append((name: "vocabulary", value: vocabulary.digest)) }
    job = try RowJob(
      "sample", head: file.scored, files: files, outputs: [output], options: options,
      readable: [vocabularyPath].compactMap(\.self), settings: settings)
    head = try file.load(threads: settings.threads)
    self.draws = draws
    lines = format.map { ClassLines(format: $0, vocabulary: vocabulary) }
    let none = try about(source.path) { () throws(SoftmaxError) in try Tensor<Float>.zeros([0, file.layout.inFeatures])
    }
    var drawn = Tensor<Int64>([])
    try sample(none, firstRow: 0, into: &drawn)
  }

  /// Draws for all rows; an output appears when its last row is written.
  ///
  /// - Throws: `ScoringError` (`data` at the first row that is not finite; `inputOutput`; where files or names changed
  ///   since `init`, also `missingInput`, `cannotCreate`, `outputExists` and `outputBusy`; what `progress` throws).
  public func run(progress: ProgressCallback = { _ in }) throws(ScoringError) -> RowCounts {
    var drawn = Tensor<Int64>([])
    let outcome = try job.run(progress: progress) { (batch, results) throws(ScoringError) in
      try sample(batch.hidden, firstRow: batch.rows.lowerBound, into: &drawn)
      let wrong = drawn.withUnsafeBufferPointer { $0.firstIndex(of: -1) }
      if let wrong { throw HiddenRows.overflow(batch.path, row: batch.rows.lowerBound + wrong / draws.count) }
      job.head.order?.restore(&drawn)
      guard let lines else {
        swap(&drawn, &results.outputs[0].int64)
        return
      }
      let ids = drawn.scalars
      results.outputs[0].text.removeAll(keepingCapacity: true)
      for (i, row) in batch.rows.enumerated() {
        lines.append(ids[i * draws.count..<(i + 1) * draws.count], row: row, to: &results.outputs[0].text)
      }
    }
    return RowCounts(job, outcome)
  }

  private func sample(_ hidden: Tensor<Float>, firstRow: Int, into drawn: inout Tensor<Int64>) throws(ScoringError) {
    try about(job.head.path) { () throws(SoftmaxError) in
      try head.sample(
        hidden, count: draws.count, using: CounterGenerator(seed: draws.seed, firstRow: firstRow),
        temperature: draws.temperature, topK: draws.topK, topP: draws.topP, into: &drawn, threads: job.settings.threads)
    }
  }
}
