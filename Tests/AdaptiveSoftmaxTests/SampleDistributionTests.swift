import AdaptiveSoftmax
import TestSupport
import Testing

/// Draws follow the distribution that `sample` states, by Pearson's test against `logProb`.
@Suite struct SampleDistributionTests {
  /// The last one has groups of classes in the shortlist and in both tails.
  static let shapes = [
    AdaptiveShape.small, AdaptiveShape.all[7],
    AdaptiveShape(inFeatures: 8, nClasses: 5000, cutoffs: [1500, 2600], headBias: true, scale: 0.9),
  ]

  private func check(
    _ head: AdaptiveLogSoftmaxWithLoss<Float>, _ x: Tensor<Float>, _ mode: SampleMode, count: Int
  ) throws {
    let draws = try head.sample(
      x, count: count, using: CounterGenerator(seed: 17), temperature: mode.temperature, topK: mode.topK,
      topP: mode.topP)
    let logProb = try head.logProb(x)
    let (rows, n) = (x.shape[0], head.nClasses)
    #expect(draws.shape == [rows, count])
    for row in 0..<rows {
      let q = mode.distribution(Array(logProb.scalars[row * n..<(row + 1) * n]))
      let (statistic, freedom) = chiSquare(Array(draws.scalars[row * count..<(row + 1) * count]), q)
      // One in a million fair draws lies above; the seed is fixed.
      #expect(statistic < freedom + 5 * (2 * freedom).squareRoot() + 16, "row \(row): \(statistic), \(freedom)")
    }
  }

  // More draws than are made in one pass.
  @Test(arguments: shapes, SampleMode.all)
  func adaptive(_ shape: AdaptiveShape, _ mode: SampleMode) throws {
    try check(shape.head(), shape.input(3), mode, count: 20_000)
  }

  @Test(arguments: SampleMode.all)
  func plain(_ mode: SampleMode) throws {
    let weight: Tensor<Float> = Inputs.tensor(.normal, [2500, 6], seed: 5)
    let head = try LinearHead(weight: weight, logitScale: 0.8, softcap: 4)
    try check(AdaptiveLogSoftmaxWithLoss(head), Inputs.tensor(.normal, [3, 6], seed: 6), mode, count: 20_000)
  }

  // Every row its own draws: one draw for each of many equal rows.
  @Test func acrossRows() throws {
    let shape = Self.shapes[2]
    let head = try shape.head()
    let row = shape.input(1)
    let x = try Tensor(shape: [20_000, 8], scalars: (0..<20_000).flatMap { _ in row.scalars })
    let draws = try head.sample(x, using: CounterGenerator(seed: 4))
    let (statistic, freedom) = chiSquare(draws.scalars, SampleMode().distribution(try head.logProb(row).scalars))
    #expect(statistic < freedom + 5 * (2 * freedom).squareRoot() + 16)
  }
}
