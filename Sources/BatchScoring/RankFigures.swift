/// What the ranks of targets say about a head: how often the target is among the best classes.
public struct RankFigures: Sendable, Equatable {
  /// Rows that have a rank: all but those of the ignored index.
  public let rows: Int
  /// The share of rows whose target is among the k best, for each k asked for.
  public let recall: [(k: Int, share: Double)]
  /// The mean of 1 / rank; nil where ranks were not counted to their end.
  public let meanReciprocalRank: Double?

  public static func == (a: RankFigures, b: RankFigures) -> Bool {
    a.rows == b.rows && a.recall.elementsEqual(b.recall, by: ==) && a.meanReciprocalRank == b.meanReciprocalRank
  }

  /// The figures of a tally that `RankTally` filled; NaN for no rows.
  public init(_ tally: Tally) {
    rows = tally.count("ranked")
    let rows = Double(rows)
    recall = tally.counts.keys.compactMap { name in name.hasPrefix("within-") ? Int(name.dropFirst(7)) : nil }
      .sorted().map { (k: $0, share: Double(tally.count("within-\($0)")) / rows) }
    meanReciprocalRank = tally.sums["reciprocal-rank"].map { $0.value / rows }
  }
}

/// What a job counts of ranks.
struct RankTally: Sendable {
  /// The k of recall@k, ascending.
  let ks: [Int]
  /// Whether the mean reciprocal rank is asked for, which takes exact ranks.
  let isExact: Bool
  /// Whether targets that are the best class are counted.
  let countsBest: Bool

  /// - Throws: `ScoringError` (`usage`: a k below 1).
  init(recall: [Int], isExact: Bool, countsBest: Bool = false) throws(ScoringError) {
    ks = Set(recall).sorted()
    self.isExact = isExact
    self.countsBest = countsBest
    if let least = ks.first, least < 1 {
      throw ScoringError(.usage, "recall: expected numbers of classes from 1 on, found \(least); correct it")
    }
  }

  /// The rank beyond which nothing needs to be known; nil for none.
  var limit: Int? { isExact ? nil : ks.last ?? 1 }

  /// What is counted of no rows.
  var nothing: Tally {
    var tally = Tally()
    add(UnsafeBufferPointer(start: nil, count: 0), to: &tally)
    return tally
  }

  /// Adds the ranks of a batch; 0 stands for an ignored row.
  func add(_ ranks: UnsafeBufferPointer<Int64>, to tally: inout Tally) {
    var ranked = 0
    var within = [Int](repeating: 0, count: ks.count)
    var reciprocals = ExactSum()
    for rank in ranks where rank > 0 {
      ranked += 1
      for i in ks.indices where rank <= ks[i] { within[i] += 1 }
      if isExact { reciprocals.add(1 / Double(rank)) }
    }
    tally.counts["ranked"] = ranked
    if countsBest { tally.counts["best"] = ranks.count { $0 == 1 } }
    for i in ks.indices { tally.counts["within-\(ks[i])"] = within[i] }
    if isExact { tally.sums["reciprocal-rank"] = reciprocals }
  }
}
