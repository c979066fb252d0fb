/// Cutoffs that minimise the expected time of a row, and what was weighed against them.
public struct CutoffPlan: Sendable, Equatable {
  /// Cutoffs with what they cost.
  public struct Choice: Sendable, Equatable {
    /// Where the shortlist and each tail but the last end, as `AdaptiveLogSoftmaxWithLoss` takes them.
    public let cutoffs: [Int]
    /// The width of each tail's projection.
    public let tailFeatures: [Int]
    /// The expected seconds of one row of a batch.
    public let secondsPerRow: Double
    /// The number of weights, biases not counted.
    public let parameters: Int
    /// The share of all occurrences whose class is in the shortlist, and so has every feature to itself.
    public let shortlistShare: Double
  }

  /// The best cutoffs of all.
  public let best: Choice
  /// The best cutoffs for each number of tails that was allowed and possible, fewest first.
  public let byClusters: [Choice]
  /// The expected seconds of one row when the shortlist ends at each of these classes and the rest is as good as it can
  /// be, for as many tails as the best has; the bound on the parameters is not applied here.
  public let byFirstCutoff: [(cutoff: Int, secondsPerRow: Double)]
  /// The numbers of tails that were left out because the narrowest would project to no feature at all.
  public let zeroWidthClusters: [Int]

  public static func == (a: CutoffPlan, b: CutoffPlan) -> Bool {
    a.best == b.best && a.byClusters == b.byClusters && a.zeroWidthClusters == b.zeroWidthClusters
      && a.byFirstCutoff.elementsEqual(b.byFirstCutoff, by: ==)
  }
}
