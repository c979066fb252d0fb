internal import AdaptiveSoftmax
public import TensorFiles

/// Converts a head, and measures on real rows what the conversion costs.
///
/// `init` checks everything that can be checked beforehand; `run` writes the head and scores the rows with both.
public struct ConvertJob: Sendable {
  /// Where the rows are that the cost is measured on.
  public struct Sample: Sendable {
    /// A .npy array of floats, [rows, features].
    public let hidden: String
    /// A .npy array of integers, [rows].
    public let target: String

    /// The rows of one array with the targets of another.
    public init(hidden: String, target: String) {
      self.hidden = hidden
      self.target = target
    }
  }

  /// The same rows scored with the head as it was, in Double, and as it was written, as `ScoreJob` does.
  public struct Cost: Sendable, Equatable {
    /// The rows that were compared.
    public let rows: Int
    /// The mean loss of the head as it was, computed in Double; NaN for no rows.
    public let lossBefore: Double
    /// The mean loss of the head that was written; NaN for no rows.
    public let lossAfter: Double
    /// The largest difference of a row's log p(target).
    public let largestDifference: Double
  }

  /// The outcome of a job.
  public struct Result: Sendable, Equatable {
    /// The bytes of the weights written.
    public let bytes: Int
    /// What the conversion costs; nil where no rows were given.
    public let cost: Cost?
  }

  /// The head that was found.
  public let conversion: HeadConversion
  /// The type the weights are written as.
  public let dtype: ElementType
  private let output: String
  private let rows: (hidden: HiddenRows, targets: TargetRows)?
  private let settings: JobSettings

  /// Opens and checks the files.
  ///
  /// - Parameters:
  ///   - dtype: what the weights are written as; nil for `HeadConversion.naturalType`.
  ///   - sample: nil for no measurement.
  /// - Throws: `ScoringError` (`usage`: a batch of no rows, an output that is `-` or an input; `cannotCreate`,
  ///   `outputExists`, `outputBusy`; of the sample `missingInput`, `data` and `inputOutput`).
  public init(
    _ conversion: HeadConversion, output: String, dtype: ElementType? = nil, sample: Sample? = nil,
    settings: JobSettings = JobSettings()
  ) throws(ScoringError) {
    try settings.check()
    let inputs = [conversion.file.path] + (sample.map { [$0.hidden, $0.target] } ?? [])
    try OutputCheck.check(output, overwrite: settings.overwrite, inputs: inputs)
    rows = try sample.map { (sample) throws(ScoringError) in
      let hidden = try HiddenRows(path: sample.hidden)
      try hidden.check(features: conversion.layout.inFeatures, of: conversion.file.path)
      let targets = try TargetRows(path: sample.target, matching: hidden)
      try targets.check(classes: conversion.layout.nClasses, ignoreIndex: nil, canIgnore: false)
      for notice in [hidden.notice, targets.notice].compactMap(\.self) { settings.notice?(notice) }
      return (hidden, targets)
    }
    self.conversion = conversion
    self.dtype = dtype ?? conversion.naturalType
    self.output = output
    self.settings = settings
  }

  /// Writes the head and, with a sample, scores it before and after; then the output appears.
  ///
  /// - Throws: `ScoringError` (as `HeadConversion.write`; `data` at a row that is not finite or overflows; what
  ///   `progress` throws).
  public func run(progress: ProgressCallback = { _ in }) throws(ScoringError) -> Result {
    var cost: Cost?
    let bytes = try conversion.write(
      output, dtype: dtype, overwrite: settings.overwrite, threads: settings.threads
    ) { (written) throws(ScoringError) in cost = try self.cost(of: written, progress) }
    return Result(bytes: bytes, cost: cost)
  }

  private func cost(of written: String, _ progress: ProgressCallback) throws(ScoringError) -> Cost? {
    guard let (hidden, targets) = rows else { return nil }
    let path = conversion.file.path
    let weights = try conversion.stateDict(as: Double.self, threads: settings.threads)
    let before = try about(path) { () throws(SoftmaxError) in try AdaptiveLogSoftmaxWithLoss(stateDict: weights) }
    let after = try HeadFile(path: written, io: .auto).load(threads: settings.threads)
    var target = Tensor<Int64>([])
    var sums = (before: 0.0, after: 0.0, largest: 0.0)
    let size = settings.scoringRows(rowBytes: 12 * hidden.features)
    var batch = Tensor<Float>([])
    var state = JobProgress(rowsDone: 0, rowsTotal: hidden.count)
    try progress(state)
    for rows in RowBatches(0..<hidden.count, size: size) {
      try hidden.read(rows, into: &batch)
      try targets.read(rows, into: &target)
      let (exact, scores) = try about(path) { () throws(SoftmaxError) in
        let wide = try batch.to(Double.self)
        return (
          try before(wide, target, threads: settings.threads).output,
          try after(batch, target, threads: settings.threads).output
        )
      }
      try exact.withUnsafeBufferPointer { (exact) throws(ScoringError) in
        try scores.withUnsafeBufferPointer { (scores) throws(ScoringError) in
          for i in exact.indices {
            guard exact[i].isFinite, scores[i].isFinite else {
              throw HiddenRows.overflow(hidden.path, row: rows.lowerBound + i)
            }
            sums.before -= exact[i]
            sums.after -= Double(scores[i])
            sums.largest = max(sums.largest, abs(exact[i] - Double(scores[i])))
          }
        }
      }
      state.rowsDone += rows.count
      try progress(state)
    }
    let count = Double(hidden.count)
    return Cost(
      rows: hidden.count, lossBefore: sums.before / count, lossAfter: sums.after / count,
      largestDifference: sums.largest)
  }
}
