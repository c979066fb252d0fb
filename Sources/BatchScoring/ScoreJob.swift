internal import AdaptiveSoftmax
public import TensorFiles

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Scores targets: log p(target | hidden state) of every row, and their mean loss.
///
/// `init` checks everything that can be checked beforehand; `run` streams the rows. Hidden states are read in batches, so
/// memory is the head, one batch and the kernels' scratch.
public struct ScoreJob {
  /// The outcome of a job.
  public struct Result: Sendable, Equatable {
    public let rows: Int
    /// Rows whose target is the ignored index.
    public let rowsIgnored: Int
    /// The mean of -log p(target) over the rows that are not ignored, summed in Double in row order; NaN for none.
    public let loss: Double
    /// exp(loss).
    public var perplexity: Double { exp(loss) }
  }

  private let head: AdaptiveLogSoftmaxWithLoss<Float>
  private let headPath: String
  private let hidden: HiddenRows
  private let targets: TargetRows
  private let output: String?
  private let ignoreIndex: Int64?
  private let settings: JobSettings

  /// Opens and checks the files, scans the targets, and packs the head.
  ///
  /// - Parameters:
  ///   - output: where the log-probabilities go as float32, [rows], 0 for ignored rows; nil for nowhere.
  ///   - ignoreIndex: a target that stands for no class.
  /// - Throws: `ScoringError`.
  public init(
    head headPath: String, io: IOMode = .auto, hidden hiddenPath: String, target targetPath: String, output: String?,
    ignoreIndex: Int64? = nil, settings: JobSettings = JobSettings()
  ) throws(ScoringError) {
    if let output {
      try OutputCheck.check(output, overwrite: settings.overwrite, inputs: [headPath, hiddenPath, targetPath])
    }
    let file = try HeadFile(path: headPath, io: io)
    hidden = try HiddenRows(path: hiddenPath)
    try hidden.check(features: file.layout.inFeatures, of: headPath)
    targets = try TargetRows(path: targetPath, matching: hidden)
    try targets.check(classes: file.layout.nClasses, ignoreIndex: ignoreIndex)
    head = try file.load(threads: settings.threads)
    self.headPath = headPath
    self.output = output
    self.ignoreIndex = ignoreIndex
    self.settings = settings
  }

  /// Scores all rows; the output appears when the last one is written.
  ///
  /// - Throws: `ScoringError` (`data` at the first row that is not finite; `inputOutput`; what `progress` throws).
  /// - Complexity: O(rows * (head + the tails of the targets)).
  public func run(progress: ProgressCallback = { _ in }) throws(ScoringError) -> Result {
    let writer = try output.map { (path) throws(ScoringError) in
      try OutputArray(path: path, shape: [hidden.count], type: .float32, overwrite: settings.overwrite)
    }
    var target = Tensor<Int64>([])
    var scores = Tensor<Float>([])
    let size = settings.scoringRows(rowBytes: 4 * hidden.features)
    let state = try BatchPipeline(source: hidden, rows: 0..<hidden.count, size: size).run(progress: progress) {
      (rows, batch, state) throws(ScoringError) in
      try targets.read(rows, into: &target)
      try about(headPath) { () throws(SoftmaxError) in
        _ = try head(
          batch, target, into: &scores, ignoreIndex: ignoreIndex.map { Int($0) }, threads: settings.threads)
      }
      try addLosses(scores, target, rows, to: &state)
      try writer?.append(scores)
    }
    try writer?.commit()
    let loss = state.lossSum / Double(state.rowsScored)
    return Result(rows: hidden.count, rowsIgnored: hidden.count - state.rowsScored, loss: loss)
  }

  /// Adds the losses of a batch one by one, in row order, so that the sum is the same for any batch size.
  private func addLosses(
    _ scores: Tensor<Float>, _ target: Tensor<Int64>, _ rows: Range<Int>, to state: inout JobProgress
  ) throws(ScoringError) {
    try scores.withUnsafeBufferPointer { (scores) throws(ScoringError) in
      try target.withUnsafeBufferPointer { (target) throws(ScoringError) in
        for i in scores.indices where target[i] != ignoreIndex {
          guard !scores[i].isNaN else { throw HiddenRows.overflow(hidden.path, row: rows.lowerBound + i) }
          state.lossSum -= Double(scores[i])
          state.rowsScored += 1
        }
      }
    }
  }
}
