import AdaptiveSoftmax
import TestSupport
import Testing

/// Code that knows no more of its scalars than that they are computed in.
private func best<Scalar: ComputingScalar>(_ head: AdaptiveLogSoftmaxWithLoss<Scalar>, _ x: Tensor<Scalar>) throws
  -> Int64
{
  try head.topK(x, k: 1).ids.scalars[0]
}

@Suite struct AdaptiveTopKTests {
  @Test func genericScalars() throws {
    let shape = AdaptiveShape(inFeatures: 8, nClasses: 20, cutoffs: [5], divValue: 2, headBias: true)
    let x = shape.input(1)
    #expect(try best(shape.head(), x) == shape.head().predict(x).scalars[0])
  }

  /// The k best of each row by sorting `logProb`, and their log-probabilities.
  private func sorted(_ logProb: Tensor<Float>, _ k: Int) throws -> (ids: [Int64], logProbs: [Float]) {
    var ids: [Int64] = []
    var logProbs: [Float] = []
    for row in 0..<logProb.shape[0] {
      let values = try logProb.row(row).scalars
      for c in RandomHead.order(values).prefix(k) {
        ids.append(Int64(c))
        logProbs.append(values[c])
      }
    }
    return (ids, logProbs)
  }

  private func expectSorted(
    _ best: TopK<Float>, _ logProb: Tensor<Float>, _ k: Int, _ comment: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let expected = try sorted(logProb, k)
    #expect(best.ids.shape == [logProb.shape[0], k], "\(comment)", sourceLocation: sourceLocation)
    #expect(best.ids.scalars == expected.ids, "\(comment)", sourceLocation: sourceLocation)
    let difference = bitDifference(best.logProbs.scalars, expected.logProbs)
    #expect(difference == nil, "\(comment)", sourceLocation: sourceLocation)
  }

  // The sort of the full matrix, to the bit, for heads and rows of all sorts, any k, threads and instruction set.
  @Test(arguments: 0..<300)
  func sortOfLogProb(_ seed: Int) throws {
    let random = try RandomHead(seed: seed)
    let logProb = try random.head.logProb(random.input)
    var draws = Draws(seed: UInt64(seed) + 1000)
    let variants = Runtime.variants.filter(\.runsHere).map(\.name)
    for k in [1, 1 + draws.below(random.nClasses), 1 + draws.below(min(random.nClasses, 12)), random.nClasses] {
      let threads = [1, 2, 3, 7][draws.below(4)]
      let variant = variants[draws.below(variants.count)]
      let best = try Runtime.withVariant(variant) { try random.head.topK(random.input, k: k, threads: threads) }
      try expectSorted(best, logProb, k, "seed \(seed), k \(k), \(threads) threads, \(variant)")
    }
    #expect(try random.head.predict(random.input) == random.head.topK(random.input, k: 1).ids.flattened())
  }

  @Test(arguments: AdaptiveShape.all, [0.01, 1, 10.0])
  func manyClasses(_ shape: AdaptiveShape, _ scale: Double) throws {
    let head = try shape.head()
    var x = shape.input(211)
    x.withUnsafeMutableBufferPointer { for i in $0.indices { $0[i] *= Float(scale) } }
    let logProb = try head.logProb(x)
    for k in [1, 2, 3, 7, 40, 100, 1000] where k <= shape.nClasses {
      try expectSorted(head.topK(x, k: k), logProb, k, "k \(k)")
    }
  }

  // Logits far apart from 0 and close to one another differ, their log-probabilities round to the same number.
  @Test func tiesByRounding() throws {
    let shape = AdaptiveShape(inFeatures: 1, nClasses: 3000, cutoffs: [2, 1000], divValue: 1)
    var dict = try shape.stateDict()
    dict["head.weight"] = try Tensor([[-30], [-30], [4], [4]])
    dict["tail.0.0.weight"] = try Tensor([[1]])
    dict["tail.1.0.weight"] = try Tensor([[1]])
    // Increasing logits one ulp apart: a record of the running maximum at every class.
    let rising = (0..<2000).map { 0.25 + Float($0) * 0x1p-25 }
    dict["tail.0.1.weight"] = try Tensor(shape: [998, 1], scalars: Array(rising.prefix(998)))
    dict["tail.1.1.weight"] = try Tensor(shape: [2000, 1], scalars: rising)
    let head = try AdaptiveLogSoftmaxWithLoss(stateDict: dict)
    let x = try Tensor<Float>([[1], [0.5], [0.001]])
    let logProb = try head.logProb(x)
    #expect(try head.topK(x, k: 1).ids[0, 0] != 999, "not the class of the largest logit of tail 0")
    for k in [1, 2, 5, 50, 500] { try expectSorted(head.topK(x, k: k), logProb, k, "k \(k)") }
  }

  // A row's answer, and how much was computed for it, is its own.
  @Test(arguments: [AdaptiveShape.small, AdaptiveShape.all[7], AdaptiveShape.all[8]], [1, 7, 64])
  func batches(_ shape: AdaptiveShape, _ size: Int) throws {
    let head = try shape.head()
    let x = shape.input(150)
    for k in [1, 9] {
      let whole = try head.topK(x, k: k, threads: 3)
      var ids: [Int64] = []
      var logProbs: [Float] = []
      var tiles = (computed: 0, skipped: 0)
      for start in stride(from: 0, to: 150, by: size) {
        let part = try head.topK(x.slice(start..<min(start + size, 150)), k: k, threads: 1)
        ids += part.ids.scalars
        logProbs += part.logProbs.scalars
        tiles.computed += part.tiles.computed
        tiles.skipped += part.tiles.skipped
      }
      #expect(ids == whole.ids.scalars)
      #expect(bitDifference(logProbs, whole.logProbs.scalars) == nil)
      #expect(tiles.computed == whole.tiles.computed && tiles.skipped == whole.tiles.skipped)
    }
  }

  // Tails that cannot enter are not computed: of 1 + 3 + 4 tiles a row of these needs the head's, or all.
  @Test func skippedTiles() throws {
    let shape = AdaptiveShape(inFeatures: 1, nClasses: 1652, cutoffs: [5, 700], divValue: 1)
    var dict = try shape.stateDict()
    dict["head.weight"] = try Tensor([[9], [8], [7], [6], [5], [-30], [-40]])
    let head = try AdaptiveLogSoftmaxWithLoss(stateDict: dict)
    let x = try Tensor<Float>([[1], [1], [2]])
    let five = try head.topK(x, k: 5)
    #expect(five.ids.scalars == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4])
    #expect(five.tiles.computed == 3 && five.tiles.skipped == 21)
    #expect(five.tiles.skippedShare == 0.875)
    let six = try head.topK(x, k: 6)
    #expect(six.tiles.computed == 12 && six.tiles.skipped == 12)
    #expect(try head.topK(x, k: 1652).tiles.skipped == 0)
  }

  @Test func rowsThatAreNotNumbers() throws {
    let shape = AdaptiveShape.small
    let head = try shape.head()
    var x = shape.input(3)
    x[1, 3] = .nan
    let best = try head.topK(x, k: 4)
    #expect(try best.ids.row(1).scalars == [0, 1, 2, 3])
    #expect(try best.logProbs.row(1).scalars.allSatisfy(\.isNaN))
    #expect(try bitDifference(best.logProbs.row(2), head.topK(x.slice(2..<3), k: 4).logProbs.row(0)) == nil)
  }

  @Test func doubleAndHalf() throws {
    let shape = AdaptiveShape.all[7]
    let double = try AdaptiveLogSoftmaxWithLoss(stateDict: shape.stateDict(as: Double.self))
    let x = shape.input(50, as: Double.self)
    let best = try double.topK(x, k: 6)
    let logProb = try double.logProb(x)
    for row in 0..<50 {
      let values = try logProb.row(row).scalars
      let order = values.indices.sorted { values[$0] > values[$1] || (values[$0] == values[$1] && $0 < $1) }.prefix(6)
      #expect(try best.ids.row(row).scalars == order.map { Int64($0) })
      #expect(try bitDifference(best.logProbs.row(row).scalars, order.map { values[$0] }) == nil)
    }
    let float = try shape.head()
    let half = shape.input(50, as: BFloat16.self)
    try expectSorted(float.topK(half, k: 6), float.logProb(half), 6, "bfloat16")
  }

  @Test func shapesAndRefusals() throws {
    let shape = AdaptiveShape.small
    let head = try shape.head()
    let x = shape.input(12)
    let flat = try head.topK(x, k: 3)
    let deep = try head.topK(x.reshaped(to: [2, 6, 8]), k: 3)
    #expect(deep.ids.shape == [2, 6, 3] && deep.logProbs.shape == [2, 6, 3])
    #expect(deep.ids.scalars == flat.ids.scalars)
    #expect(try head.topK(x.row(5), k: 3).ids == flat.ids.row(5))
    let none = try head.topK(Tensor<Float>.zeros([0, 8]), k: 20)
    #expect(none.ids.shape == [0, 20] && none.tiles.computed == 0 && none.tiles.skippedShare == 0)
    for k in [0, -1, 21] {
      let text = refusal(.argument) { _ = try head.topK(x, k: k) }
      #expect(text == "k should be between 1 and nClasses, 20, found \(k)")
    }
    let text = refusal(.shape) { _ = try head.topK(Tensor<Float>.zeros([8, 2]), k: 1) }
    #expect(text == "expected inputs of shape [..., 8], found [8, 2]")
    #expect(refusal(.argument) { _ = try head.topK(x, k: 1, threads: -1) } != "")
  }

  @Test func storageIsReused() throws {
    let shape = AdaptiveShape.small
    let head = try shape.head()
    var best = try head.topK(shape.input(3), k: 4)
    let ids = best.ids.withUnsafeBufferPointer { $0.baseAddress }
    let logProbs = best.logProbs.withUnsafeBufferPointer { $0.baseAddress }
    try head.topK(shape.input(3, seed: 9), k: 4, into: &best)
    #expect(best.ids.withUnsafeBufferPointer { $0.baseAddress } == ids)
    #expect(best.logProbs.withUnsafeBufferPointer { $0.baseAddress } == logProbs)
    #expect(try best.ids == head.topK(shape.input(3, seed: 9), k: 4).ids)
    let before = best.ids
    #expect(refusal(.argument) { try head.topK(shape.input(3), k: 99, into: &best) } != "")
    #expect(best.ids == before)
  }
}

/// Where log-probabilities round to -inf all such classes tie, and the lowest come first, listed or not.
@Suite struct TopKOfImpossibleClasses {
  private func expectSorted(_ head: LinearHead<Float>, _ x: Tensor<Float>, k: Int) throws {
    let logProb = try head.logProb(x).scalars
    let expected = Array(RandomHead.order(logProb).prefix(k))
    for threads in 1...4 {
      let found = try head.topK(x, k: k, threads: threads)
      #expect(found.ids.scalars == expected.map { Int64($0) })
      #expect(found.logProbs.scalars == expected.map { logProb[$0] })
    }
  }

  @Test func overflowingDifferences() throws {
    let bias = (0..<100).map { $0 == 50 ? Float(3e38) : -3e38 + 2e36 * Float($0) }
    let head = try LinearHead(weight: Tensor<Float>.zeros([100, 1]), bias: Tensor(bias))
    try expectSorted(head, Tensor([[1]]), k: 3)
  }

  @Test func manyOfThem() throws {
    let bias = (0..<20_000).map { $0 == 7 ? Float(3e38) : -3e38 + 2.1e31 * Float($0 / 2048) }
    let head = try LinearHead(weight: Tensor<Float>.zeros([20_000, 4]), bias: Tensor(bias))
    try expectSorted(head, Tensor([[1, 2, 3, 4]]), k: 4)
  }

  @Test func logitsOfMinusInfinity() throws {
    let bias = (0..<300).map { $0 % 100 == 99 ? Float($0) : -.infinity }
    let head = try LinearHead(weight: Tensor<Float>.zeros([300, 2]), bias: Tensor(bias))
    try expectSorted(head, Tensor([[1, 2]]), k: 6)
  }

  /// Rows that are searched again beside rows that are not: those of NaN, and those whose classes are all numbers.
  @Test func logitsOfMinusInfinityInSomeRows() throws {
    var weight = try Tensor<Float>.zeros([300, 2])
    for c in 0..<300 { weight[c, 0] = c % 100 == 99 ? 0 : -3e38 }
    let bias = (0..<300).map { Float($0) }
    let head = try LinearHead(weight: weight, bias: Tensor(bias))
    var x = try Tensor<Float>.zeros([40, 2])
    for row in 0..<40 { x[row, 0] = row == 17 ? .nan : row % 7 < 4 ? 10 : 0 }
    let (best, k) = (try head.topK(x, k: 6), 6)
    let logProb = try head.logProb(x)
    for row in 0..<40 {
      let expected = Array(RandomHead.order(try logProb.row(row).scalars).prefix(k))
      #expect(try best.ids.row(row).scalars == expected.map { Int64($0) }, "row \(row)")
    }
  }
}
