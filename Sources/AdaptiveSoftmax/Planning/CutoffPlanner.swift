/// Finds the cutoffs of an adaptive head that make its expected time per row the least.
///
///     let planner = try CutoffPlanner(counts: counts, inFeatures: 1024, costs: model)
///     let plan = try planner.plan(clusters: 1...5)
///     let head = try AdaptiveLogSoftmaxWithLoss(
///       inFeatures: 1024, nClasses: counts.count, cutoffs: plan.best.cutoffs, dtype: Float.self)
///
/// It weighs time only: more classes in narrow tails are faster and may fit the data less well, which no cost model knows.
/// `PlanLimits`, the number of tails and `divValue` are the means to say how narrow is too narrow.
///
/// Source: Grave et al. 2017, "Efficient softmax approximation for GPUs", section 4.3: dynamic programming over the classes
/// sorted by frequency, here with a measured cost model, projections of known widths and numbers of rows that vary.
public struct CutoffPlanner: Sendable {
  /// What the time of a row is made of.
  public enum Purpose: String, Sendable, CaseIterable {
    /// The forward pass with targets.
    case scoring
    /// Forward, backward and the update of the weights.
    case training
  }

  /// The most features that are planned for.
  public static let mostFeatures = 1 << 20
  /// The most tails that are weighed: long before, the narrowest has no width or few classes.
  public static let mostClusters = 16

  /// The features of a row.
  public let inFeatures: Int
  /// What each tail's width is divided by once more than the one before.
  public let divValue: Double
  /// What the head is planned for.
  public let purpose: Purpose
  /// The rows that go through the head at once: the batch, or as many of it as the module takes in one pass.
  public let batch: Int
  let frequencies: ClassFrequencies
  let costs: LinearCostModel

  /// The number of classes.
  public var nClasses: Int { frequencies.count }

  /// A planner for classes that occur so often, on a machine of these costs.
  ///
  /// - Parameters:
  ///   - counts: how often each class occurs, in any order: the plan is for classes sorted by them (`ClassPermutation`).
  ///   - inFeatures: the features of a row.
  ///   - divValue: tail i projects to floor(inFeatures / divValue^(i + 1)) features.
  ///   - batch: rows of one call.
  ///   - purpose: what the head is planned for.
  ///   - costs: the time of linear layers on the machine that is planned for.
  /// - Throws: `SoftmaxError` (`argument`: counts that are negative, not finite, all 0 or fewer than 2; sizes that are not
  ///   positive, more than `mostFeatures` features, a divValue below 1).
  /// - Complexity: O(classes log classes).
  public init(
    counts: [Double], inFeatures: Int, divValue: Double = 4, batch: Int = 4096, purpose: Purpose = .scoring,
    costs: LinearCostModel
  ) throws(SoftmaxError) {
    guard inFeatures > 0, batch > 0, divValue > 0 else {
      throw SoftmaxError(
        .argument,
        "inFeatures, batch and divValue should be positive, found \(inFeatures), \(batch) and \(divValue)")
    }
    try Self.check(inFeatures: inFeatures, divValue: divValue)
    frequencies = try ClassFrequencies(counts)
    self.inFeatures = inFeatures
    self.divValue = divValue
    self.purpose = purpose
    let widest = AdaptiveHeadLayout.width(inFeatures, divValue, 0) ?? inFeatures
    self.batch = min(batch, AdaptiveLogSoftmaxWithLoss<Float>.scoringBatch(widestTail: widest))
    self.costs = costs
  }

  /// The best cutoffs for each number of tails of `clusters`, and the best of these.
  ///
  /// Candidates are the boundaries of a grid, geometric and by quantiles of the frequencies, then ever closer ones around
  /// the best; with up to 400 classes every boundary is one. Among the candidates the choice is exact; the best of all
  /// boundaries is missed by some tenths of a per cent at most where it is known, since times rise in steps of 32 classes.
  ///
  /// - Throws: `SoftmaxError` (`argument`: no number of tails that is possible, more than `mostClusters`; limits that no
  ///   cutoffs keep).
  /// - Complexity: O(candidates^2 clusters) layers' costs; under a second for a million classes.
  public func plan(clusters: ClosedRange<Int> = 1...5, limits: PlanLimits = PlanLimits()) throws(SoftmaxError)
    -> CutoffPlan
  {
    let (possible, zeroWidth) = try Self.possible(
      clusters, nClasses: nClasses, inFeatures: inFeatures, divValue: divValue, limits: limits)
    let widest = possible[possible.count - 1]
    let costs = parts(clusters: widest)
    let first = frequencies.shortlist(of: limits.minShortlistShare)
    let search = CutoffSearch(costs, points: candidates(with: first), clusters: widest, from: first)
    var choices: [CutoffPlan.Choice] = []
    for count in possible {
      guard let coarse = search.best(clusters: count, maxParameters: limits.maxParameters) else { continue }
      choices.append(refine(coarse, from: search, costs, maxParameters: limits.maxParameters))
    }
    guard let best = choices.min(by: { $0.secondsPerRow < $1.secondsPerRow }) else {
      let least = possible.compactMap { search.leastParameters(clusters: $0) }.min()
      throw SoftmaxError(
        .argument,
        least.map {
          "expected a bound of at least \($0) parameters for \(nClasses) classes of \(inFeatures) features, found "
            + "\(limits.maxParameters ?? 0); raise it, or take a larger divValue or more tails"
        }
          ?? "expected cutoffs after the \(first) classes that the shortlist must hold, found \(nClasses) classes for "
          + "\(possible[0]) tails or more; ask for a smaller share")
    }
    let curve = search.byFirstCutoff(clusters: best.cutoffs.count).map {
      (cutoff: $0.cutoff, secondsPerRow: $0.seconds / Double(batch))
    }
    return CutoffPlan(best: best, byClusters: choices, byFirstCutoff: curve, zeroWidthClusters: zeroWidth)
  }

  /// What given cutoffs cost.
  ///
  /// - Throws: `SoftmaxError` (`argument`) for cutoffs that no head can have, or more than `mostClusters`.
  public func choice(cutoffs: [Int]) throws(SoftmaxError) -> CutoffPlan.Choice {
    guard cutoffs.count <= Self.mostClusters else {
      throw SoftmaxError(.argument, "expected at most \(Self.mostClusters) tails, found \(cutoffs.count) cutoffs")
    }
    let layout = try AdaptiveHeadLayout(
      inFeatures: inFeatures, nClasses: nClasses, cutoffs: cutoffs, divValue: divValue, allowZeroWidthTails: true)
    return choice(layout.cutoffs.dropLast(), parts(clusters: cutoffs.count))
  }

  /// The expected seconds of one row through a plain linear layer over all classes.
  public var fullSoftmaxSecondsPerRow: Double { parts(clusters: 0).layer(classes: nClasses) / Double(batch) }

  /// The numbers of tails that the classes, the features and the limits allow, and those left out because the narrowest
  /// tail would have no width.
  ///
  /// - Throws: `SoftmaxError` (`argument`) when none is possible, for more than `mostClusters` tails or `mostFeatures`
  ///   features, a divValue below 1, or limits outside their ranges.
  public static func possible(
    _ clusters: ClosedRange<Int>, nClasses: Int, inFeatures: Int, divValue: Double, limits: PlanLimits = PlanLimits()
  ) throws(SoftmaxError) -> (possible: [Int], zeroWidth: [Int]) {
    guard clusters.lowerBound >= 1 else {
      throw SoftmaxError(.argument, "expected at least 1 tail, found \(clusters)")
    }
    guard clusters.upperBound <= mostClusters else {
      throw SoftmaxError(.argument, "expected at most \(mostClusters) tails, found \(clusters)")
    }
    try check(inFeatures: inFeatures, divValue: divValue)
    guard limits.minShortlistShare >= 0, limits.minShortlistShare < 1, limits.minTailFeatures >= 1 else {
      throw SoftmaxError(
        .argument,
        "expected a shortlist's share from 0 to below 1 and tails of at least 1 feature, found "
          + "\(limits.minShortlistShare) and \(limits.minTailFeatures)")
    }
    var (possible, zeroWidth): ([Int], [Int]) = ([], [])
    for count in clusters where count < nClasses {
      let width = AdaptiveHeadLayout.width(inFeatures, divValue, count - 1) ?? 0
      if width >= limits.minTailFeatures { possible.append(count) }
      if width == 0 { zeroWidth.append(count) }
    }
    guard !possible.isEmpty else {
      throw SoftmaxError(
        .argument,
        clusters.lowerBound >= nClasses
          ? "expected fewer tails than the \(nClasses) classes, found \(clusters)"
          : "expected tails of width \(limits.minTailFeatures) or more, found none with \(clusters) tails: inFeatures "
            + "\(inFeatures), divValue \(divValue); take fewer tails or a smaller divValue")
    }
    return (possible, zeroWidth)
  }

  private static func check(inFeatures: Int, divValue: Double) throws(SoftmaxError) {
    guard (1...mostFeatures).contains(inFeatures) else {
      throw SoftmaxError(.argument, "expected inFeatures from 1 to \(mostFeatures), found \(inFeatures)")
    }
    guard divValue >= 1 else {
      throw SoftmaxError(
        .argument, "expected a divValue of at least 1, found \(divValue): below, a tail is wider than the one before it"
      )
    }
  }

  /// The widths of so many tails.
  private func widths(_ clusters: Int) -> [Int] {
    (0..<clusters).map { AdaptiveHeadLayout.width(inFeatures, divValue, $0) ?? 0 }
  }

  func parts(clusters: Int) -> PartCosts {
    PartCosts(
      frequencies: frequencies, inFeatures: inFeatures, widths: widths(clusters), batch: batch, purpose: purpose,
      model: costs)
  }

  func choice(_ cutoffs: [Int], _ costs: PartCosts) -> CutoffPlan.Choice {
    let search = CutoffSearch(costs, points: cutoffs, clusters: cutoffs.count, from: 1)
    return choice(search.path(Array(cutoffs.indices)))
  }

  func choice(_ path: CutoffSearch.Path) -> CutoffPlan.Choice {
    CutoffPlan.Choice(
      cutoffs: path.cutoffs, tailFeatures: widths(path.cutoffs.count), secondsPerRow: path.seconds / Double(batch),
      parameters: path.parameters, shortlistShare: frequencies.share[path.cutoffs[0]])
  }
}
