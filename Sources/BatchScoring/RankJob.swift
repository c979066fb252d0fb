internal import AdaptiveSoftmax

/// Writes the rank of each row's target among all classes, 1 for the most probable: int64, [rows].
public struct RankJob: Sendable {
  /// The outcome of a job.
  public struct Result: Sendable, Equatable {
    /// The rows, in all and file by file.
    public let counts: RowCounts
    /// What the ranks come to.
    public let figures: RankFigures

    /// The rows of all files.
    public var rows: Int { counts.rows }
  }

  private let head: AdaptiveLogSoftmaxWithLoss<Float>
  private let job: RowJob
  /// In the head's ids.
  private let ignoreIndex: Int64?
  private let counted: RankTally

  /// Opens and checks the files, scans the targets, and packs the head.
  ///
  /// - Parameters:
  ///   - files: hidden states, their targets, and where the ranks go; 0 for ignored rows.
  ///   - ignoreIndex: a target that stands for no class.
  ///   - recall: the k of which the result tells recall@k.
  /// - Throws: `ScoringError` (`usage`: settings or names that contradict each other or the files, targets that are
  ///   missing; `missingInput`; `data`: a head, hidden states, targets, or a journal or part of an earlier run, that do
  ///   not fit; `cannotCreate`, `outputExists`, `outputBusy`; `unfinished`: results of an earlier run, neither to be
  ///   resumed nor overwritten; `inputOutput`).
  public init(
    head source: HeadSource, files: JobFiles, ignoreIndex: Int64? = nil,
    recall: [Int] = [1, 5, 10, 50, 100], settings: JobSettings = JobSettings()
  ) throws(ScoringError) {
    let file = try HeadFile(source)
    counted = try RankTally(recall: recall, isExact: true)
    job = try RowJob(
      "rank", head: file.scored, files: files, targets: .required(ignoreIndex: ignoreIndex),
      outputs: [OutputDescription(.int64)],
      options: [
        ("ignore-index", ignoreIndex.map(\.description) ?? "none"),
        ("recall", counted.ks.isEmpty ? "none" : counted.ks.map(\.description).joined(separator: " ")),
      ], settings: settings)
    head = try file.load(threads: settings.threads)
    self.ignoreIndex = ignoreIndex.map { file.scored.sorted($0) }
  }

  /// Ranks all rows; an output appears when its last row is written.
  ///
  /// - Throws: `ScoringError` (`data` at the first row that is not finite; `inputOutput`; where files or names changed
  ///   since `init`, also `missingInput`, `cannotCreate`, `outputExists` and `outputBusy`; what `progress` throws).
  /// - Complexity: O(rows * (head + the tails of the targets and of what may be better)).
  public func run(progress: ProgressCallback = { _ in }) throws(ScoringError) -> Result {
    var logProbs = Tensor<Float>([])
    let outcome = try job.run(progress: progress, nothing: counted.nothing) { (batch, results) throws(ScoringError) in
      try about(job.head.path) { () throws(SoftmaxError) in
        try head.rank(
          batch.hidden, of: batch.target, into: &results.outputs[0].int64, logProbs: &logProbs,
          ignoreIndex: ignoreIndex.map { Int($0) }, threads: job.settings.threads)
      }
      let wrong = logProbs.withUnsafeBufferPointer { $0.firstIndex(where: \.isNaN) }
      if let wrong { throw HiddenRows.overflow(batch.path, row: batch.rows.lowerBound + wrong) }
      results.outputs[0].int64.withUnsafeBufferPointer { counted.add($0, to: &results.tally) }
    }
    return Result(counts: RowCounts(job, outcome), figures: RankFigures(outcome.tally))
  }
}
