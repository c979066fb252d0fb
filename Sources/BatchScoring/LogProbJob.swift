internal import AdaptiveSoftmax
public import TensorFiles

/// Writes log p(class | hidden state) for every class: float32, [rows, classes].
public struct LogProbJob {
  private let head: AdaptiveLogSoftmaxWithLoss<Float>
  private let headPath: String
  private let hidden: HiddenRows
  private let rows: Range<Int>
  private let output: String
  private let settings: JobSettings

  /// Opens and checks the files, and packs the head.
  ///
  /// - Parameter rows: the rows to write; nil for all.
  /// - Throws: `ScoringError`.
  public init(
    head headPath: String, io: IOMode = .auto, hidden hiddenPath: String, rows: Range<Int>? = nil, output: String,
    settings: JobSettings = JobSettings()
  ) throws(ScoringError) {
    try OutputCheck.check(output, overwrite: settings.overwrite, inputs: [headPath, hiddenPath])
    let file = try HeadFile(path: headPath, io: io)
    hidden = try HiddenRows(path: hiddenPath)
    try hidden.check(features: file.layout.inFeatures, of: headPath)
    self.rows = rows ?? 0..<hidden.count
    guard self.rows.lowerBound >= 0, self.rows.upperBound <= hidden.count else {
      throw ScoringError(
        .usage, "\(hiddenPath): expected rows within 0..<\(hidden.count), found \(self.rows); choose rows that it has")
    }
    head = try file.load(threads: settings.threads)
    self.headPath = headPath
    self.output = output
    self.settings = settings
  }

  /// Writes all rows and returns their number; the output appears when the last one is written.
  ///
  /// - Throws: `ScoringError` (`data` at the first row that is not finite; `inputOutput`; what `progress` throws).
  /// - Complexity: O(rows * weights).
  public func run(progress: ProgressCallback = { _ in }) throws(ScoringError) -> Int {
    let writer = try OutputArray(
      path: output, shape: [rows.count, head.nClasses], type: .float32, overwrite: settings.overwrite)
    var scores = Tensor<Float>([])
    let size = settings.scoringRows(rowBytes: 4 * (hidden.features + head.nClasses))
    _ = try BatchPipeline(source: hidden, rows: rows, size: size).run(progress: progress) {
      (rows, batch, _) throws(ScoringError) in
      try about(headPath) { () throws(SoftmaxError) in
        try head.logProb(batch, into: &scores, threads: settings.threads)
      }
      try checkFinite(scores, rows)
      try writer.append(scores)
    }
    try writer.commit()
    return rows.count
  }

  /// A log-softmax with a NaN is NaN throughout, so one class of each cluster tells of all of them.
  private func checkFinite(_ scores: Tensor<Float>, _ rows: Range<Int>) throws(ScoringError) {
    let classes = [0] + head.cutoffs.dropLast()
    let wrong = scores.withUnsafeBufferPointer { scores in
      (0..<rows.count).first { row in classes.contains { scores[row * head.nClasses + $0].isNaN } }
    }
    if let wrong { throw HiddenRows.overflow(hidden.path, row: rows.lowerBound + wrong) }
  }
}
