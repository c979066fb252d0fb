import TestSupport
import Testing

@testable import AdaptiveSoftmax

@Suite struct CutoffPlannerTests {
  /// Counts like a text's, a few of them equal, in no order.
  static func counts(_ classes: Int, seed: UInt64 = 1) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    return (1...classes).map { (1000 / Double($0)).rounded(.up) }.shuffled(using: &generator)
  }

  struct Setting: Sendable {
    var classes = 13
    var features = 16
    var divValue = 2.0
    var batch = 9
    var purpose = CutoffPlanner.Purpose.scoring
    var seed: UInt64 = 1

    func planner() throws -> (CutoffPlanner, OraclePlan) {
      let counts = CutoffPlannerTests.counts(classes, seed: seed)
      let model = try CostModels.uneven(seed: seed)
      return (
        try CutoffPlanner(
          counts: counts, inFeatures: features, divValue: divValue, batch: batch, purpose: purpose, costs: model),
        OraclePlan(
          sortedCounts: counts.sorted(by: >), features: features, divValue: divValue, batch: batch,
          isTraining: purpose == .training, model: model)
      )
    }
  }

  static let settings: [Setting] =
    (1...6).map { Setting(seed: UInt64($0)) }
    + (1...3).map { Setting(batch: 40, purpose: .training, seed: UInt64($0)) }
    + [Setting(classes: 2), Setting(classes: 3), Setting(classes: 40, batch: 3), Setting(features: 40, divValue: 1.5)]

  /// Tried one by one, no cutoffs are quicker, and the planned ones take the time that the plan says.
  @Test(arguments: settings.indices)
  func noCutoffsAreQuicker(index: Int) throws {
    let (planner, oracle) = try Self.settings[index].planner()
    let most = min(planner.nClasses - 1, planner.nClasses > 20 ? 2 : 3)
    let plan = try planner.plan(clusters: 1...most)
    #expect(plan.byClusters.map(\.cutoffs.count) == Array(1...most))
    for choice in plan.byClusters {
      let least = oracle.everything(choice.cutoffs.count).map(oracle.secondsPerRow).min()!
      expectSame(choice.secondsPerRow, least)
      expectSame(oracle.secondsPerRow(choice.cutoffs), least)
      #expect(choice.parameters == oracle.parameters(choice.cutoffs))
      #expect(choice.tailFeatures == choice.cutoffs.indices.map(oracle.width))
      #expect(choice == (try planner.choice(cutoffs: choice.cutoffs)))
    }
    #expect(plan.best.secondsPerRow == plan.byClusters.map(\.secondsPerRow).min())
    let first = plan.byFirstCutoff.min { $0.secondsPerRow < $1.secondsPerRow }
    expectSame(first?.secondsPerRow ?? 0, plan.best.secondsPerRow)
  }

  /// With a bound on the parameters, no cutoffs within it are quicker; with less than any have, there are none.
  @Test(arguments: 1...6)
  func noCutoffsWithinTheBoundAreQuicker(seed: Int) throws {
    let (planner, oracle) = try Setting(batch: 5, seed: UInt64(seed)).planner()
    for clusters in 1...3 {
      let all = oracle.everything(clusters).map { (oracle.parameters($0), oracle.secondsPerRow($0)) }
      let sizes = Set(all.map(\.0)).sorted()
      for bound in sizes {
        let plan = try planner.plan(clusters: clusters...clusters, limits: PlanLimits(maxParameters: bound))
        #expect(plan.best.parameters <= bound)
        expectSame(plan.best.secondsPerRow, all.filter { $0.0 <= bound }.map(\.1).min()!)
      }
      expectRefusal(.argument, "expected a bound of at least \(sizes[0]) parameters") {
        try planner.plan(clusters: clusters...clusters, limits: PlanLimits(maxParameters: sizes[0] - 1))
      }
    }
  }

  /// Times of which no price of a parameter can be made.
  @Test(arguments: [3e307, 5e307, 1e308]) func absurdTimesAreNoTrap(seconds: Double) throws {
    let sample = { (row: Int, count: Int, depth: Int) in
      LinearCostModel.Sample(rows: row, classes: count, depth: depth, seconds: seconds)
    }
    let samples = [1, 64].flatMap { row in [32, 1024].flatMap { count in [1, 256].map { sample(row, count, $0) } } }
    let planner = try CutoffPlanner(
      counts: Self.counts(600), inFeatures: 64, divValue: 4, batch: 6, costs: try LinearCostModel(fitting: samples))
    for bound in [5_200, 9_000, 40_000] {
      let plan = try? planner.plan(clusters: 1...3, limits: PlanLimits(maxParameters: bound))
      if let plan { #expect(plan.best.parameters <= bound) }
    }
  }

  @Test(arguments: [0.1, 0.5, 0.8])
  func theShortlistHoldsItsShare(share: Double) throws {
    let (planner, oracle) = try Setting().planner()
    let plan = try planner.plan(clusters: 1...2, limits: PlanLimits(minShortlistShare: share))
    let sums = planner.frequencies.share
    for choice in plan.byClusters {
      #expect(choice.shortlistShare >= share)
      #expect(choice.shortlistShare == sums[choice.cutoffs[0]])
      let least = oracle.everything(choice.cutoffs.count).filter { sums[$0[0]] >= share }.map(oracle.secondsPerRow)
        .min()!
      expectSame(choice.secondsPerRow, least)
    }
    #expect(plan.byFirstCutoff.allSatisfy { sums[$0.cutoff] >= share })
  }

  /// Beyond the number of classes of which every boundary is tried, the refined grid finds the least, or nearly.
  @Test func theGridIsRefined() throws {
    let counts = Self.counts(600)
    let planner = try CutoffPlanner(
      counts: counts, inFeatures: 64, divValue: 4, batch: 6, costs: try CostModels.simple())
    let plan = try planner.plan(clusters: 1...2)
    let every = (1..<600).map { try! planner.choice(cutoffs: [$0]).secondsPerRow }.min()!
    #expect(plan.byClusters[0].secondsPerRow <= every * 1.005)
    let costs = planner.parts(clusters: 2)
    let exact = CutoffSearch(costs, points: Array(1..<600), clusters: 2, from: 1).best(clusters: 2, maxParameters: nil)
    #expect(plan.byClusters[1].secondsPerRow <= exact!.seconds / 6 * 1.005)
    #expect(plan == (try planner.plan(clusters: 1...2)))
  }

  @Test func tailsWithoutWidthAreLeftOut() throws {
    let planner = try CutoffPlanner(
      counts: Self.counts(50), inFeatures: 20, divValue: 4, costs: try CostModels.simple())
    let plan = try planner.plan()
    #expect(plan.byClusters.map(\.cutoffs.count) == [1, 2])
    #expect(plan.zeroWidthClusters == [3, 4, 5])
    let wide = try planner.plan(limits: PlanLimits(minTailFeatures: 5))
    #expect(wide.byClusters.map(\.tailFeatures) == [[5]])
    expectRefusal(.argument, "expected tails of width 1 or more, found none with 3...5 tails") {
      try planner.plan(clusters: 3...5)
    }
    expectRefusal(.argument, "expected tails of width 6 or more") {
      try planner.plan(limits: PlanLimits(minTailFeatures: 6))
    }
    #expect(try planner.choice(cutoffs: [10, 20, 30]).tailFeatures == [5, 1, 0])
  }

  /// A full softmax is the head's layer over every class.
  @Test func fullSoftmaxIsOnePass() throws {
    let model = try CostModels.simple()
    let planner = try CutoffPlanner(counts: Self.counts(5000), inFeatures: 64, batch: 100, costs: model)
    expectSame(planner.fullSoftmaxSecondsPerRow, model.seconds(rows: 100, classes: 5000, depth: 64) / 100)
  }

  /// Batches larger than the module's own passes are planned as such passes.
  @Test func batchesAreThoseOfTheModule() throws {
    let model = try CostModels.simple()
    let planner = try CutoffPlanner(counts: Self.counts(50), inFeatures: 64, batch: 100_000, costs: model)
    #expect(planner.batch == 4096)
    #expect(try CutoffPlanner(counts: [1, 1], inFeatures: 1 << 16, batch: 4096, costs: model).batch < 4096)
  }

  @Test func refusals() throws {
    let model = try CostModels.simple()
    func planner(_ counts: [Double] = [3, 2, 1], features: Int = 4, divValue: Double = 2, batch: Int = 2) throws
      -> CutoffPlanner
    {
      try CutoffPlanner(counts: counts, inFeatures: features, divValue: divValue, batch: batch, costs: model)
    }
    expectRefusal(.argument, "expected counts of at least 2 classes, found 1") { try planner([1]) }
    expectRefusal(.argument, "expected counts that are finite and not negative, found -1.0 for class 1") {
      try planner([1, -1])
    }
    expectRefusal(.argument, "expected counts that are finite and not negative, found nan") { try planner([1, .nan]) }
    expectRefusal(.argument, "expected counts with a positive, finite sum, found 0.0") { try planner([0, 0]) }
    expectRefusal(.argument, "inFeatures, batch and divValue should be positive") { try planner(features: 0) }
    expectRefusal(.argument, "inFeatures, batch and divValue should be positive") { try planner(divValue: .nan) }
    expectRefusal(.argument, "inFeatures, batch and divValue should be positive") { try planner(batch: 0) }
    expectRefusal(.argument, "expected inFeatures from 1 to 1048576, found 9223372036854775807") {
      try planner(features: .max)
    }
    expectRefusal(.argument, "expected a divValue of at least 1, found 0.5") { try planner(divValue: 0.5) }
    expectRefusal(.argument, "expected at most 16 tails, found 1...9223372036854775807") {
      try planner().plan(clusters: 1...(.max))
    }
    expectRefusal(.argument, "expected at most 16 tails, found 17 cutoffs") {
      try planner([Double](repeating: 1, count: 20)).choice(cutoffs: Array(1...17))
    }
    expectRefusal(.argument, "expected inFeatures from 1 to 1048576, found -1") {
      try CutoffPlanner.possible(1...2, nClasses: 5, inFeatures: -1, divValue: 4)
    }
    #expect(try planner(batch: .max).batch == 4096)
    expectRefusal(.argument, "expected fewer tails than the 3 classes") { try planner().plan(clusters: 3...4) }
    expectRefusal(.argument, "expected at least 1 tail") { try planner().plan(clusters: 0...4) }
    for share in [-0.1, 1, .nan] {
      expectRefusal(.argument, "expected a shortlist's share from 0 to below 1") {
        try planner().plan(limits: PlanLimits(minShortlistShare: share))
      }
    }
    expectRefusal(.argument, "expected cutoffs after the 3 classes that the shortlist must hold") {
      try planner([1, 1, 1]).plan(limits: PlanLimits(minShortlistShare: 0.9))
    }
    expectRefusal(.argument, "cutoffs should be a sequence") { try planner().choice(cutoffs: [2, 1]) }
  }

  private func expectSame(_ a: Double, _ b: Double, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(abs(a - b) <= 1e-9 * abs(b), sourceLocation: sourceLocation)
  }
}
