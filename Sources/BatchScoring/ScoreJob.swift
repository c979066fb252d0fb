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
public struct ScoreJob: Sendable {
  /// The figures of some rows.
  public struct Figures: Sendable, Equatable {
    /// All rows, ignored ones too.
    public let rows: Int
    /// Rows whose target is the ignored index.
    public let rowsIgnored: Int
    /// The mean of -log p(target) over the rows that are not ignored: their exact sum, rounded, by their number; NaN for none.
    public let loss: Double
    /// exp(loss).
    public var perplexity: Double { exp(loss) }
    /// The loss in bits: loss / ln 2.
    public var bitsPerWord: Double { loss / 0.693_147_180_559_945_3 }
    /// The share of rows whose target is the most probable class; nil when it was not asked for.
    public let accuracy: Double?
    /// How often the target is among the best classes; nil when it was not asked for.
    public let ranks: RankFigures?

    /// The figures of a tally such as a score job leaves.
    public init(rows: Int, tally: Tally) {
      self.rows = rows
      let figures = tally.counts["ranked"] == nil ? nil : RankFigures(tally)
      ranks = figures.flatMap { $0.recall.isEmpty && $0.meanReciprocalRank == nil ? nil : $0 }
      accuracy = tally.counts["best"].map { Double($0) / Double(tally.count("ranked")) }
      rowsIgnored = rows - tally.count("scored")
      loss = tally.sum("loss") / Double(tally.count("scored"))
    }
  }

  /// The figures of the targets in one band of classes.
  public struct Cluster: Sendable, Equatable {
    /// The classes of the band.
    public let classes: Range<Int>
    /// Rows with a target in it.
    public let rows: Int
    /// The sum of -log p(target) over them.
    public let lossSum: Double
    /// Its mean; NaN for no rows.
    public var loss: Double { lossSum / Double(rows) }

    /// The bands that end at these classes, by a tally such as a score job leaves.
    static func all(_ cutoffs: [Int], _ tally: Tally) -> [Cluster] {
      cutoffs.indices.map { band in
        Cluster(
          classes: (band == 0 ? 0 : cutoffs[band - 1])..<cutoffs[band],
          rows: tally.count("scored-in-\(band)"), lossSum: tally.sum("loss-in-\(band)"))
      }
    }
  }

  /// The outcome of a job.
  public struct Result: Sendable, Equatable {
    /// Over all files.
    public let total: Figures
    /// The files of hidden states, in order.
    public let files: [(hidden: String, figures: Figures)]
    /// The targets of the shortlist, then of each tail.
    public let clusters: [Cluster]
    /// Rows that an earlier run of the job had done.
    public let rowsResumed: Int

    /// The rows of all files, ignored ones too.
    public var rows: Int { total.rows }
    /// Those of them whose target does not count.
    public var rowsIgnored: Int { total.rowsIgnored }
    /// The mean of -log p(target) over the others, in nats.
    public var loss: Double { total.loss }
    /// exp of the loss.
    public var perplexity: Double { total.perplexity }

    public static func == (a: Result, b: Result) -> Bool {
      a.total == b.total && a.rowsResumed == b.rowsResumed && a.clusters == b.clusters
        && a.files.elementsEqual(b.files, by: ==)
    }
  }

  private let head: AdaptiveLogSoftmaxWithLoss<Float>
  /// The head, when the log-sum-exp of its logits is written.
  private let normalizer: LinearHead<Float>?
  private let job: RowJob
  /// In the head's ids.
  private let ignoreIndex: Int64?
  private let ranks: RankTally?

  /// Opens and checks the files, scans the targets, and packs the head.
  ///
  /// - Parameters:
  ///   - files: hidden states, their targets, and where the log-probabilities go as float32, [rows], 0 for ignored rows.
  ///   - logSumExp: whether log sum exp(logits) of each row goes to `.lse.npy` beside them, for a plain head.
  ///   - ignoreIndex: a target that stands for no class.
  ///   - accuracy: whether the result tells how often the target is the best class.
  ///   - recall: the k of which the result tells how often the target is among the k best classes.
  ///   - meanReciprocalRank: whether the result tells the mean of 1 / rank, which takes the exact ranks.
  ///   - clusters: whether the parts of a shard say which classes the bands are of, for `MergeJob` to tell; the result
  ///     always does.
  /// - Throws: `ScoringError` (`usage`: settings or names that contradict each other or the files, targets that are
  ///   missing, the log-sum-exp of an adaptive head; `missingInput`; `data`: a head, hidden states, targets, or a
  ///   journal or part of an earlier run, that do not fit; `cannotCreate`, `outputExists`, `outputBusy`; `unfinished`:
  ///   results of an earlier run, neither to be resumed nor overwritten; `inputOutput`).
  public init(
    head source: HeadSource, files: JobFiles, logSumExp: Bool = false, ignoreIndex: Int64? = nil,
    accuracy: Bool = false, recall: [Int] = [], meanReciprocalRank: Bool = false, clusters: Bool = false,
    settings: JobSettings = JobSettings()
  ) throws(ScoringError) {
    let file = try HeadFile(source)
    guard !logSumExp || file.scored.plain != nil else {
      throw ScoringError(
        .usage,
        "\(source.path): expected a plain head for the log-sum-exp of its logits, found an adaptive one, which has "
          + "one for each tail; name a matrix by its weight")
    }
    ranks =
      recall.isEmpty && !meanReciprocalRank && !accuracy
      ? nil : try RankTally(recall: recall, isExact: meanReciprocalRank, countsBest: accuracy)
    var options = [
      (name: "ignore-index", value: ignoreIndex.map(\.description) ?? "none"),
      ("log-sum-exp", logSumExp ? "yes" : "no"),
      ("recall", recall.isEmpty ? "none" : Set(recall).sorted().map(\.description).joined(separator: " ")),
      ("mrr", meanReciprocalRank ? "yes" : "no"), ("accuracy", accuracy ? "yes" : "no"),
    ]
    if clusters, settings.shard != nil { options.append((JobIdentity.clusters, JobIdentity.text(file.layout.cutoffs))) }
    job = try RowJob(
      "score", head: file.scored, files: files, targets: .required(ignoreIndex: ignoreIndex),
      outputs: [OutputDescription(.float32)] + (logSumExp ? [OutputDescription(suffix: ".lse.npy", .float32)] : []),
      options: options, settings: settings)
    head = try file.load(threads: settings.threads)
    normalizer = logSumExp ? LinearHead(head) : nil
    self.ignoreIndex = ignoreIndex.map { file.scored.sorted($0) }
  }

  /// The same for one file of hidden states.
  ///
  /// - Throws: `ScoringError`, as the initialiser above.
  public init(
    head: String, io: IOMode = .auto, hidden: String, target: String, output: String?, ignoreIndex: Int64? = nil,
    settings: JobSettings = JobSettings()
  ) throws(ScoringError) {
    try self.init(
      head: HeadSource(path: head, io: io), files: JobFiles(hidden: hidden, target: target, output: output),
      ignoreIndex: ignoreIndex,
      settings: settings)
  }

  /// Scores all rows; an output appears when its last row is written.
  ///
  /// - Throws: `ScoringError` (`data` at the first row that is not finite; `inputOutput`; where files or names changed
  ///   since `init`, also `missingInput`, `cannotCreate`, `outputExists` and `outputBusy`; what `progress` throws).
  /// - Complexity: O(rows * (head + the tails of the targets)).
  public func run(progress: ProgressCallback = { _ in }) throws(ScoringError) -> Result {
    var rank = Tensor<Int64>([])
    let outcome = try job.run(progress: progress, nothing: nothing) { (batch, results) throws(ScoringError) in
      try about(job.head.path) { () throws(SoftmaxError) in
        try score(batch, into: &results.outputs[0].float32, &rank)
        try normalizer?.logSumExp(batch.hidden, into: &results.outputs[1].float32, threads: job.settings.threads)
      }
      results.tally = try tally(results.outputs[0].float32, batch)
      if let ranks { rank.withUnsafeBufferPointer { ranks.add($0, to: &results.tally) } }
    }
    return Result(
      total: Figures(rows: job.rowCount, tally: outcome.tally),
      files: zip(job.sources, outcome.tallies).map { ($0.item.hidden, Figures(rows: $0.rows.count, tally: $1)) },
      clusters: Cluster.all(head.cutoffs, outcome.tally), rowsResumed: outcome.rowsResumed)
  }

  /// Log-probabilities, and ranks when they are asked for.
  private func score(
    _ batch: RowBatch, into scores: inout Tensor<Float>, _ rank: inout Tensor<Int64>
  ) throws(SoftmaxError) {
    let (ignored, threads) = (ignoreIndex.map { Int($0) }, job.settings.threads)
    if let ranks {
      try head.rank(
        batch.hidden, of: batch.target, into: &rank, logProbs: &scores, ignoreIndex: ignored, limit: ranks.limit,
        threads: threads)
    } else {
      _ = try head(batch.hidden, batch.target, into: &scores, ignoreIndex: ignored, threads: threads)
    }
  }

  /// What is counted of no rows.
  private var nothing: Tally {
    let bands = head.cutoffs.count
    var tally = self.tally(
      scored: [Int](repeating: 0, count: bands), losses: [ExactSum](repeating: ExactSum(), count: bands))
    if let ranks { tally.add(ranks.nothing) }
    return tally
  }

  private func tally(_ scores: Tensor<Float>, _ batch: RowBatch) throws(ScoringError) -> Tally {
    var scored = [Int](repeating: 0, count: head.cutoffs.count)
    var losses = [ExactSum](repeating: ExactSum(), count: head.cutoffs.count)
    try scores.withUnsafeBufferPointer { (scores) throws(ScoringError) in
      try batch.target.withUnsafeBufferPointer { (target) throws(ScoringError) in
        for i in scores.indices where target[i] != ignoreIndex {
          guard !scores[i].isNaN else { throw HiddenRows.overflow(batch.path, row: batch.rows.lowerBound + i) }
          var band = 0
          while head.cutoffs[band] <= target[i] { band += 1 }
          losses[band].add(-Double(scores[i]))
          scored[band] += 1
        }
      }
    }
    return tally(scored: scored, losses: losses)
  }

  /// The rows and the losses of each band.
  private func tally(scored: [Int], losses: [ExactSum]) -> Tally {
    var tally = Tally()
    tally.counts["scored"] = scored.reduce(0, +)
    tally.sums["loss"] = losses.reduce(ExactSum()) { $0.adding($1) }
    for band in scored.indices {
      tally.counts["scored-in-\(band)"] = scored[band]
      tally.sums["loss-in-\(band)"] = losses[band]
    }
    return tally
  }
}
