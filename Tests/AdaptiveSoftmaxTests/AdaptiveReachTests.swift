import AdaptiveSoftmax
import TestSupport
import Testing

/// Tails large and narrow enough to be left out by what their weights alone can prove.
@Suite struct AdaptiveReachTests {
  /// A head with a shortlist of 40 classes and two tails of at least 512 classes in few dimensions.
  private func stateDict(_ draws: inout Draws, seed: Int) throws -> StateDict<Float> {
    let cutoffs = [40, 552 + draws.below(700)]
    let shape = AdaptiveShape(
      inFeatures: 1 + draws.below(33), nClasses: cutoffs[1] + 512 + draws.below(1500), cutoffs: cutoffs,
      divValue: [1, 2, 4][draws.below(3)], headBias: draws.below(2) == 0, allowZeroWidthTails: true,
      scale: [0.05, 0.4, 1, 1e20][draws.below(4)])
    var dict = try shape.stateDict(seed: UInt64(seed))
    if draws.below(2) == 0 {
      for i in 0..<2 {
        let count = i == 0 ? cutoffs[1] - 40 : shape.nClasses - cutoffs[1]
        var bias = Inputs.values(.normal, count: count, seed: UInt64(seed + i)).map { Float($0) }
        if draws.below(3) == 0 { bias[draws.below(count)] = -.infinity }
        dict["tail.\(i).1.bias"] = Tensor(bias)
      }
    }
    if draws.below(8) == 0, var weight = dict["tail.1.1.weight"], weight.shape[1] > 0 {
      weight[draws.below(weight.shape[0]), 0] = draws.below(2) == 0 ? .nan : .infinity
      dict["tail.1.1.weight"] = weight
    }
    return dict
  }

  private func rows(_ head: AdaptiveLogSoftmaxWithLoss<Float>, _ draws: inout Draws, seed: Int) -> Tensor<Float> {
    var x: Tensor<Float> = Inputs.tensor(.normal, [40, head.inFeatures], seed: UInt64(seed))
    for row in 0..<40 {
      let scale: Float = [1, 1, 0, 0.01, 5, 30, -1, 1e30][draws.below(8)]
      for i in 0..<head.inFeatures { x[row, i] *= scale }
      if draws.below(20) == 0 { x[row, 0] = [.nan, .infinity, -.infinity][draws.below(3)] }
    }
    return x
  }

  // The sort of the full matrix, to the bit, and its ranks, for rows of all sorts, any threads and instruction set.
  @Test(arguments: 0..<60)
  func sortOfLogProb(_ seed: Int) throws {
    var draws = Draws(seed: UInt64(seed))
    let dict = try stateDict(&draws, seed: seed)
    let head = try AdaptiveLogSoftmaxWithLoss(stateDict: dict, storage: draws.below(4) == 0 ? .bfloat16 : .exact)
    let x = rows(head, &draws, seed: seed)
    let logProb = try head.logProb(x)
    let orders = try (0..<40).map { try RandomHead.order(logProb.row($0).scalars) }
    let variants = Runtime.variants.filter(\.runsHere).map(\.name)
    for k in [1, 3, 10, 40, 41] {
      let (threads, variant) = ([1, 2, 3, 7][draws.below(4)], variants[draws.below(variants.count)])
      let comment: Comment = "seed \(seed), k \(k), \(threads) threads, \(variant)"
      let best = try Runtime.withVariant(variant) { try head.topK(x, k: k, threads: threads) }
      let scalars = logProb.scalars
      var expected: [Float] = []
      for (row, order) in orders.enumerated() { expected += order.prefix(k).map { scalars[row * head.nClasses + $0] } }
      #expect(best.ids.scalars == orders.flatMap { $0.prefix(k).map { Int64($0) } }, comment)
      #expect(bitDifference(best.logProbs.scalars, expected) == nil, comment)
      // What is left out for a row depends on the row only.
      let one = try head.topK(x.slice(0..<1), k: k).tiles, others = try head.topK(x.slice(1..<40), k: k).tiles
      #expect(one.computed + others.computed == best.tiles.computed, comment)
    }
    let target = Tensor((0..<40).map { Int64(draws.below($0 % 2 == 0 ? 40 : head.nClasses)) })
    let ranks = try head.rank(x, of: target, threads: 3).scalars
    #expect(
      try ranks
        == target.scalars.enumerated().map { row, id in
          Int64(try #require(orders[row].firstIndex(of: Int(id)))) + 1
        })
  }

  // Tails that are more probable than the k-th best class, but whose classes share that evenly.
  @Test func flatTailsAreSkipped() throws {
    let shape = AdaptiveShape(inFeatures: 4, nClasses: 4040, cutoffs: [40, 1040], divValue: 1, scale: 0.1)
    var dict = try shape.stateDict()
    dict["head.bias"] = Tensor((0..<42).map { $0 < 40 ? 0 : 3 })
    let head = try AdaptiveLogSoftmaxWithLoss(stateDict: dict)
    let x = shape.input(50)
    let (best, bands) = (try head.topK(x, k: 10), try head.clusterLogProb(x))
    for row in 0..<50 { #expect(bands[row, 1] > best.logProbs[row, 9] && bands[row, 2] > best.logProbs[row, 9]) }
    #expect(best.tiles.computed == 50 && best.tiles.skipped == 50 * 16)
  }

  // A tail for which the bound is its best class: 32 classes of one logit, all others of another. A class of the shortlist
  // is moved past that one, float by float.
  @Test(arguments: [0.0, 0.3, 2, 9, 40])
  func nearTies(_ scale: Double) throws {
    let shape = AdaptiveShape(inFeatures: 2, nClasses: 602, cutoffs: [2], divValue: 1)
    var dict = try shape.stateDict()
    let high = Float(scale) * 1.1
    dict["tail.0.0.weight"] = try Tensor([[1, 0], [0, 1]])
    dict["tail.0.1.weight"] = try Tensor(
      shape: [600, 2], scalars: (0..<600).flatMap { $0 % 19 == 3 ? [high, Float(0.7)] : [-0.1, Float(0.7)] })
    let x = try Tensor<Float>([[1, 0.37]])
    func head(_ weight: Float) throws -> AdaptiveLogSoftmaxWithLoss<Float> {
      dict["head.weight"] = try Tensor([[weight, 0], [-50, 0], [2, 0]])
      return try AdaptiveLogSoftmaxWithLoss(stateDict: dict)
    }
    var (low, top): (Float, Float) = (-40, 20)
    while low.nextUp < top {
      let middle = low + (top - low) / 2
      let logProb = try head(middle).logProb(x)
      if logProb[0, 0] < logProb[0, 5] { low = middle } else { top = middle }
      if middle == low && middle == top { break }
    }
    var weight = low
    for _ in 0..<12 { weight = weight.nextDown }
    var signs = Set<Int>()
    for _ in 0..<24 {
      let moved = try head(weight)
      let logProb = try moved.logProb(x)
      let (class0, tail) = (logProb[0, 0], logProb[0, 5])
      #expect(try moved.predict(x).scalars == [class0 >= tail ? 0 : 5])
      #expect(
        try moved.topK(x, k: 3).ids.scalars
          == Tensor(RandomHead.order(logProb.scalars).prefix(3).map { Int64($0) }).scalars)
      if class0 == tail.nextUp || class0 == tail.nextDown || class0 == tail {
        signs.insert(class0 < tail ? -1 : class0 > tail ? 1 : 0)
      }
      weight = weight.nextUp
    }
    #expect(signs.contains(-1) && signs.contains(1), "found \(signs)")
  }

  @Test func computedInDouble() throws {
    let shape = AdaptiveShape(inFeatures: 12, nClasses: 4000, cutoffs: [40, 1000], scale: 0.5)
    let head = try AdaptiveLogSoftmaxWithLoss(stateDict: shape.stateDict(as: Double.self))
    let x = shape.input(30, as: Double.self)
    let (best, logProb) = (try head.topK(x, k: 6), try head.logProb(x))
    for row in 0..<30 {
      let values = try logProb.row(row).scalars
      let order = values.indices.sorted { values[$0] > values[$1] || (values[$0] == values[$1] && $0 < $1) }.prefix(6)
      #expect(try best.ids.row(row).scalars == order.map { Int64($0) })
    }
  }
}
