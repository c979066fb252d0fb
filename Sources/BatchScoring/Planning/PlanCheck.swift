public import AdaptiveSoftmax

/// Runs heads of planned and of usual cutoffs for real, beside what was predicted.
///
/// Random weights of their sizes, targets drawn by the counts, every head in each round, one after the other with another
/// first each time; the medians of the rounds count. One pass of the calibration is measured again in each round, which shows how
/// fast the machine is now beside when it was calibrated.
public struct PlanCheck: Sendable, Equatable {
  /// One head.
  public struct Head: Sendable, Equatable {
    /// Where its shortlist and its tails but the last end.
    public let cutoffs: [Int]
    /// What the plan expects of it.
    public let predictedSecondsPerRow: Double
    /// The median of the rounds.
    public let measuredSecondsPerRow: Double
    /// predicted / measured - 1.
    public var error: Double { predictedSecondsPerRow / measuredSecondsPerRow - 1 }
    /// The same, had the machine been as fast now as when it was calibrated.
    public let errorAtSameSpeed: Double
    /// The median, over the rounds, of the usual head's time over this one's.
    public let speedupOverUsual: Double
  }

  /// The planned head, the one that gives up no more than the usual one where there is such a plan, the usual one.
  public let heads: [Head]
  /// How often each head was measured, in turn.
  public let rounds: Int
  /// The time of a pass in the calibration over its time now: below 1, the machine is slower than it was then.
  public let machineSpeed: Double
}

extension PlanJob {
  /// Rounds at least and at most, and the seconds after which no further one begins.
  private static let (fewestRounds, mostRounds, enough) = (5, 31, 20.0)

  /// Measures the plan's cutoffs and the usual ones.
  ///
  /// Scoring only: there is no training here to be run.
  ///
  /// - Throws: `ScoringError` (`usage`: negative threads, `SMX_VARIANT`; `inputOutput`: no memory; what `progress`
  ///   throws).
  public func check(
    _ result: Result, costs: LinearCostModel, threads: Int, progress: () throws(ScoringError) -> Void = {}
  ) throws(ScoringError) -> PlanCheck {
    let choices = [result.plan.best, result.alike, result.usual].compactMap { $0 }
    var heads: [AdaptiveLogSoftmaxWithLoss<Float>] = []
    for choice in choices { heads.append(try head(choice.cutoffs)) }
    var generator = SeededGenerator(seed: 2)
    let hidden = try about(path) { () throws(SoftmaxError) in
      try Tensor<Float>.randn([settings.batch, settings.features], using: &generator)
    }
    let probe = try Calibration.probe()
    let sums = counts.reduce(into: [0.0]) { $0.append($0[$0.count - 1] + $1) }
    // Small batches differ in the tails they need: enough of them make a round.
    let calls = max(1, 1024 / settings.batch)
    var times = [[Double]](repeating: [], count: heads.count)
    var speeds: [Double] = []
    let clock = ContinuousClock()
    let start = clock.now
    var output = Tensor<Float>([])
    for round in 0...Self.mostRounds {
      // The first round warms the scratch up and is not counted.
      if round > Self.fewestRounds, (clock.now - start) / .seconds(1) > Self.enough { break }
      var batches: [Tensor<Int64>] = []
      for _ in 0..<calls { batches.append(try targets(sums, &generator)) }
      for turn in heads.indices {
        let index = (turn + round) % heads.count
        try progress()
        let began = clock.now
        try about(path) { () throws(SoftmaxError) in
          for target in batches { _ = try heads[index](hidden, target, into: &output, threads: threads) }
        }
        if round > 0 { times[index].append((clock.now - began) / .seconds(1) / Double(settings.batch * calls)) }
      }
      if round > 0 { speeds.append(try machineSpeed(probe, costs, threads: threads)) }
    }
    let measured = choices.indices.map { index in
      PlanCheck.Head(
        cutoffs: choices[index].cutoffs, predictedSecondsPerRow: choices[index].secondsPerRow,
        measuredSecondsPerRow: LinearCostModel.median(times[index]),
        errorAtSameSpeed: LinearCostModel.median(
          zip(times[index], speeds).map { choices[index].secondsPerRow / ($0 * $1) - 1 }),
        speedupOverUsual: LinearCostModel.median(zip(times[heads.count - 1], times[index]).map { $0 / $1 }))
    }
    return PlanCheck(heads: measured, rounds: speeds.count, machineSpeed: LinearCostModel.median(speeds))
  }

  private func head(_ cutoffs: [Int]) throws(ScoringError) -> AdaptiveLogSoftmaxWithLoss<Float> {
    var generator = SeededGenerator(seed: 1)
    return try about(path) { () throws(SoftmaxError) in
      try AdaptiveLogSoftmaxWithLoss<Float>(
        inFeatures: settings.features, nClasses: counts.count, cutoffs: cutoffs, divValue: settings.divValue,
        allowZeroWidthTails: true, using: &generator)
    }
  }

  /// Classes drawn by their counts; `sums` are those of the counts before each class, and of all.
  private func targets(_ sums: [Double], _ generator: inout SeededGenerator) throws(ScoringError) -> Tensor<Int64> {
    try about(path) { () throws(SoftmaxError) in
      let draws = try Tensor<Double>.rand([settings.batch], high: sums[sums.count - 1], using: &generator)
      let classes = draws.withUnsafeBufferPointer { draws in
        draws.map { draw -> Int64 in
          var (low, high) = (0, sums.count - 1)
          while high - low > 1 {
            let middle = (low + high) / 2
            if sums[middle] <= draw { low = middle } else { high = middle }
          }
          return Int64(low)
        }
      }
      return try Tensor(shape: [settings.batch], scalars: classes)
    }
  }

  /// The time that the model gives for a pass like those of the head, over what it takes now.
  private func machineSpeed(_ probe: LinearProbe, _ costs: LinearCostModel, threads: Int) throws(ScoringError) -> Double
  {
    let grid = Calibration.Grid.standard
    let rows = min(costs.rows.max() ?? 1, grid.rows.max() ?? 1)
    let depth = min(settings.features, grid.depths.max() ?? 1)
    let classes = 2048
    let seconds = try Calibration.measure(probe, rows: rows, classes: classes, depth: depth, threads: threads)
    return costs.seconds(rows: Double(rows), classes: classes, depth: depth) / seconds
  }
}
