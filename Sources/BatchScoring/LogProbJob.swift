internal import AdaptiveSoftmax
public import TensorFiles

/// Writes log p(class | hidden state) for every class: float32, [rows, classes].
public struct LogProbJob: Sendable {
  private let head: AdaptiveLogSoftmaxWithLoss<Float>
  private let job: RowJob

  /// Opens and checks the files, and packs the head.
  ///
  /// - Parameters:
  ///   - files: hidden states, and where their log-probabilities go.
  ///   - rows: the rows of each file to write; nil for all.
  /// - Throws: `ScoringError` (`usage`: settings, names or rows that contradict each other or the files;
  ///   `missingInput`; `data`: a head, hidden states, or a journal or part of an earlier run, that do not fit;
  ///   `cannotCreate`, `outputExists`, `outputBusy`; `unfinished`: results of an earlier run, neither to be resumed nor
  ///   overwritten; `inputOutput`).
  public init(
    head source: HeadSource, files: JobFiles, rows: Range<Int>? = nil,
    settings: JobSettings = JobSettings()
  ) throws(ScoringError) {
    let file = try HeadFile(source)
    job = try RowJob(
      "log-prob", head: file.scored, files: files, rows: rows,
      outputs: [OutputDescription(.float32, rowShape: [file.layout.nClasses])], settings: settings)
    head = try file.load(threads: settings.threads)
  }

  /// The same for one file of hidden states.
  ///
  /// - Throws: `ScoringError`, as `init(head:files:rows:settings:)`.
  public init(
    head: String, io: IOMode = .auto, hidden: String, rows: Range<Int>? = nil, output: String,
    settings: JobSettings = JobSettings()
  ) throws(ScoringError) {
    try self.init(
      head: HeadSource(path: head, io: io), files: JobFiles(hidden: hidden, output: output), rows: rows,
      settings: settings)
  }

  /// Writes all rows and returns their number; an output appears when its last row is written.
  ///
  /// - Throws: `ScoringError` (`data` at the first row that is not finite; `inputOutput`; where files or names changed
  ///   since `init`, also `missingInput`, `cannotCreate`, `outputExists` and `outputBusy`; what `progress` throws).
  /// - Complexity: O(rows * weights).
  public func run(progress: ProgressCallback = { _ in }) throws(ScoringError) -> RowCounts {
    let outcome = try job.run(progress: progress) { (batch, results) throws(ScoringError) in
      try about(job.head.path) { () throws(SoftmaxError) in
        try head.logProb(batch.hidden, into: &results.outputs[0].float32, threads: job.settings.threads)
      }
      try checkFinite(results.outputs[0].float32, batch)
      job.head.order?.restoreColumns(&results.outputs[0].float32)
    }
    return RowCounts(job, outcome)
  }

  /// A log-softmax with a NaN is NaN throughout, so one class of each cluster tells of all of them.
  private func checkFinite(_ scores: Tensor<Float>, _ batch: RowBatch) throws(ScoringError) {
    let classes = [0] + head.cutoffs.dropLast()
    let wrong = scores.withUnsafeBufferPointer { scores in
      batch.rows.indices.first { row in
        classes.contains { scores[(row - batch.rows.lowerBound) * head.nClasses + $0].isNaN }
      }
    }
    if let wrong { throw HiddenRows.overflow(batch.path, row: wrong) }
  }
}
