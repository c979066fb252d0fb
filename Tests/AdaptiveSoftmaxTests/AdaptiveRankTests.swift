import AdaptiveSoftmax
import TestSupport
import Testing

@Suite struct AdaptiveRankTests {
  /// The rank of each target by sorting `logProb`.
  private func sorted(_ logProb: Tensor<Float>, _ target: [Int]) throws -> [Int64] {
    try target.enumerated().map { row, target in
      Int64(RandomHead.order(try logProb.row(row).scalars).firstIndex(of: target)! + 1)
    }
  }

  // The place in the sorted full matrix, for heads, rows and targets of all sorts.
  @Test(arguments: 0..<300)
  func placeInSortOfLogProb(_ seed: Int) throws {
    let random = try RandomHead(seed: seed)
    let logProb = try random.head.logProb(random.input)
    var draws = Draws(seed: UInt64(seed) + 5000)
    let variants = Runtime.variants.filter(\.runsHere).map(\.name)
    let orders = try (0..<random.rows).map { RandomHead.order(try logProb.row($0).scalars) }
    for trial in 0..<4 {
      // Any class; the best few; near the end of the order; in any band.
      let target = (0..<random.rows).map { row -> Int in
        switch trial {
        case 0: draws.below(random.nClasses)
        case 1: orders[row][draws.below(min(4, random.nClasses))]
        case 2: orders[row][random.nClasses - 1 - draws.below(min(4, random.nClasses))]
        default:
          ([0] + random.head.cutoffs.dropLast() + random.head.cutoffs.map { $0 - 1 })[
            draws.below(2 * random.head.cutoffs.count)]
        }
      }
      let threads = [1, 2, 3, 7][draws.below(4)]
      let variant = variants[draws.below(variants.count)]
      let ranks = try Runtime.withVariant(variant) {
        try random.head.rank(random.input, of: Tensor<Int>(target), threads: threads)
      }
      let expected = try sorted(logProb, target)
      #expect(ranks.scalars == expected, "seed \(seed), trial \(trial), \(threads) threads, \(variant)")
      let limit = [1, 2, 10, 50][draws.below(4)]
      var (limited, scores) = (Tensor<Int64>([]), Tensor<Float>([]))
      try random.head.rank(
        random.input, of: Tensor<Int>(target), into: &limited, logProbs: &scores, limit: limit, threads: threads)
      #expect(limited.scalars == expected.map { min($0, Int64(limit) + 1) }, "seed \(seed), limit \(limit)")
      let forward = try random.head(random.input, Tensor<Int>(target)).output
      #expect(bitDifference(scores, forward) == nil, "seed \(seed)")
    }
  }

  @Test(arguments: AdaptiveShape.all, [0.01, 1, 10.0])
  func manyRows(_ shape: AdaptiveShape, _ scale: Double) throws {
    let head = try shape.head()
    var x = shape.input(211)
    x.withUnsafeMutableBufferPointer { for i in $0.indices { $0[i] *= Float(scale) } }
    let target = shape.target(211)
    let ranks = try head.rank(x, of: target)
    #expect(try ranks.scalars == sorted(head.logProb(x), target.scalars.map { Int($0) }))
    #expect(try head.rank(x, of: head.predict(x)).scalars == [Int64](repeating: 1, count: 211))
  }

  // Logits one ulp apart whose log-probabilities round to the same numbers, within a band and between bands.
  @Test func tiesByRounding() throws {
    let shape = AdaptiveShape(inFeatures: 1, nClasses: 900, cutoffs: [300, 600], divValue: 1)
    var dict = try shape.stateDict()
    let rising = (0..<300).map { 0.25 + Float($0) * 0x1p-25 }
    dict["head.weight"] = try Tensor(shape: [302, 1], scalars: rising + [6, 6])
    for i in 0..<2 {
      dict["tail.\(i).0.weight"] = try Tensor([[1]])
      dict["tail.\(i).1.weight"] = try Tensor(shape: [300, 1], scalars: rising)
    }
    let head = try AdaptiveLogSoftmaxWithLoss(stateDict: dict)
    for scale in [1, 0.01, 30] as [Float] {
      let x = try Tensor<Float>.full([900, 1], scale)
      let logProb = try head.logProb(x)
      let order = RandomHead.order(try logProb.row(0).scalars)
      let ranks = try head.rank(x, of: Tensor<Int>(order))
      #expect(ranks.scalars == (1...900).map { Int64($0) }, "scale \(scale)")
    }
  }

  @Test func bitsDependOnTheRowAlone() throws {
    let shape = AdaptiveShape.all[8]
    let head = try shape.head()
    let (x, y) = (shape.input(400), shape.target(400))
    let whole = try head.rank(x, of: y, threads: 1)
    for threads in [2, 3, 7] { #expect(try head.rank(x, of: y, threads: threads) == whole) }
    for rows in [0..<1, 3..<10, 300..<400] {
      #expect(try head.rank(x.slice(rows), of: y.slice(rows)) == whole.slice(rows))
    }
  }

  @Test func ignoredTargets() throws {
    let shape = AdaptiveShape.small
    let head = try shape.head()
    var x = shape.input(5)
    let all = try head.rank(x, of: Tensor<Int32>([0, 7, 19, 12, 3]))
    x[1, 2] = .nan
    let some = try head.rank(x, of: Tensor<Int32>([0, -100, 19, -100, 3]), ignoreIndex: -100)
    #expect(some.scalars == [all[0], 0, all[2], 0, all[4]])
    #expect(try head.rank(x, of: Tensor<Int>.full([5], 4), ignoreIndex: 4).scalars == [0, 0, 0, 0, 0])
    #expect(try head.rank(x, of: Tensor<Int32>([0, 7, 19, 12, 3]))[1] == 8, "a row of NaN is in the order of its ids")
  }

  @Test func shapesAndRefusals() throws {
    let shape = AdaptiveShape.small
    let head = try shape.head()
    let x = shape.input(6)
    let y = shape.target(6)
    let flat = try head.rank(x, of: y)
    #expect(try head.rank(x.reshaped(to: [2, 3, 8]), of: y.reshaped(to: [2, 3])) == flat.reshaped(to: [2, 3]))
    #expect(try head.rank(x.row(4), of: Tensor<Int64>(scalar: y[4])).item() == flat[4])
    #expect(try head.rank(Tensor<Float>.zeros([0, 8]), of: Tensor<Int>.zeros([0])).shape == [0])
    #expect(refusal(.shape) { _ = try head.rank(x, of: shape.target(5)) }.contains("same size in the batch dimension"))
    let text = refusal(.target) { _ = try head.rank(x, of: Tensor<Int>.full([6], 20)) }
    #expect(text.contains("[0, 19]"))
    #expect(refusal(.argument) { _ = try head.rank(x, of: y, limit: 0) }.contains("at least 1"))
    var (result, logProbs) = (try Tensor<Int64>.full([6], 7), Tensor<Float>([]))
    let address = result.withUnsafeBufferPointer { $0.baseAddress }
    try head.rank(x, of: y, into: &result, logProbs: &logProbs)
    #expect(result.withUnsafeBufferPointer { $0.baseAddress } == address)
    #expect(result == flat)
  }

  @Test func doubleAndHalf() throws {
    let shape = AdaptiveShape.all[7]
    let double = try AdaptiveLogSoftmaxWithLoss(stateDict: shape.stateDict(as: Double.self))
    let x = shape.input(50, as: Double.self)
    let y = shape.target(50)
    let logProb = try double.logProb(x)
    let expected = try (0..<50).map { row in
      let values = try logProb.row(row).scalars
      let own = values[Int(y[row])]
      return Int64(1 + values.indices.count { values[$0] > own || (values[$0] == own && $0 < Int(y[row])) })
    }
    #expect(try double.rank(x, of: y).scalars == expected)
    let half = shape.input(50, as: Float16.self)
    #expect(try shape.head().rank(half, of: y) == shape.head().rank(half.to(Float.self), of: y))
  }
}
