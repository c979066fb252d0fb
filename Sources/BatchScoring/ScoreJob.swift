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
/// memory is the head, three batches and the kernels' scratch.
public struct ScoreJob {
  /// The figures of some rows.
  public struct Figures: Sendable, Equatable {
    public let rows: Int
    /// Rows whose target is the ignored index.
    public let rowsIgnored: Int
    /// The mean of -log p(target) over the rows that are not ignored: their exact sum, rounded, by their number; NaN for none.
    public let loss: Double
    /// exp(loss).
    public var perplexity: Double { exp(loss) }

    /// The figures of a tally such as a score job leaves.
    public init(rows: Int, tally: Tally) {
      self.rows = rows
      rowsIgnored = rows - tally.count("scored")
      loss = tally.sum("loss") / Double(tally.count("scored"))
    }
  }

  /// The outcome of a job.
  public struct Result: Sendable, Equatable {
    /// Over all files.
    public let total: Figures
    /// The files of hidden states, in order.
    public let files: [(hidden: String, figures: Figures)]
    /// Rows that an earlier run of the job had done.
    public let rowsResumed: Int

    public var rows: Int { total.rows }
    public var rowsIgnored: Int { total.rowsIgnored }
    public var loss: Double { total.loss }
    public var perplexity: Double { total.perplexity }

    public static func == (a: Result, b: Result) -> Bool {
      a.total == b.total && a.rowsResumed == b.rowsResumed && a.files.elementsEqual(b.files, by: ==)
    }
  }

  private let head: AdaptiveLogSoftmaxWithLoss<Float>
  private let job: RowJob
  private let ignoreIndex: Int64?

  /// Opens and checks the files, scans the targets, and packs the head.
  ///
  /// - Parameters:
  ///   - files: hidden states, their targets, and where the log-probabilities go as float32, [rows], 0 for ignored rows.
  ///   - ignoreIndex: a target that stands for no class.
  /// - Throws: `ScoringError`.
  public init(
    head headPath: String, io: IOMode = .auto, files: JobFiles, ignoreIndex: Int64? = nil,
    settings: JobSettings = JobSettings()
  ) throws(ScoringError) {
    let file = try HeadFile(path: headPath, io: io)
    job = try RowJob(
      "score", head: file.scored, files: files, targets: .required(ignoreIndex: ignoreIndex),
      outputs: [OutputDescription(.float32)],
      options: [("ignore-index", ignoreIndex.map(\.description) ?? "none")], settings: settings)
    head = try file.load(threads: settings.threads)
    self.ignoreIndex = ignoreIndex
  }

  /// The same for one file of hidden states.
  public init(
    head: String, io: IOMode = .auto, hidden: String, target: String, output: String?, ignoreIndex: Int64? = nil,
    settings: JobSettings = JobSettings()
  ) throws(ScoringError) {
    try self.init(
      head: head, io: io, files: JobFiles(hidden: hidden, target: target, output: output), ignoreIndex: ignoreIndex,
      settings: settings)
  }

  /// Scores all rows; an output appears when its last row is written.
  ///
  /// - Throws: `ScoringError` (`data` at the first row that is not finite; `inputOutput`; what `progress` throws).
  /// - Complexity: O(rows * (head + the tails of the targets)).
  public func run(progress: ProgressCallback = { _ in }) throws(ScoringError) -> Result {
    let outcome = try job.run(progress: progress) { (batch, results) throws(ScoringError) in
      try about(job.head.path) { () throws(SoftmaxError) in
        _ = try head(
          batch.hidden, batch.target, into: &results.outputs[0].float32, ignoreIndex: ignoreIndex.map { Int($0) },
          threads: job.settings.threads)
      }
      results.tally = try tally(results.outputs[0].float32, batch)
    }
    return Result(
      total: Figures(rows: job.rowCount, tally: outcome.tally),
      files: zip(job.sources, outcome.tallies).map { ($0.item.hidden, Figures(rows: $0.rows.count, tally: $1)) },
      rowsResumed: outcome.rowsResumed)
  }

  private func tally(_ scores: Tensor<Float>, _ batch: RowBatch) throws(ScoringError) -> Tally {
    var scored = 0
    var loss = ExactSum()
    try scores.withUnsafeBufferPointer { (scores) throws(ScoringError) in
      try batch.target.withUnsafeBufferPointer { (target) throws(ScoringError) in
        for i in scores.indices where target[i] != ignoreIndex {
          guard !scores[i].isNaN else { throw HiddenRows.overflow(batch.path, row: batch.rows.lowerBound + i) }
          loss.add(-Double(scores[i]))
          scored += 1
        }
      }
    }
    var tally = Tally()
    tally.counts["scored"] = scored
    tally.sums["loss"] = loss
    return tally
  }
}
