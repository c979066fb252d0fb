import AdaptiveSoftmax
import TestSupport
import Testing

@Suite struct AdaptivePredictTests {
  /// A tensor without elements may have sizes whose product is too large to count.
  @Test func rowsWithoutElements() throws {
    let head = try AdaptiveShape(inFeatures: 2, nClasses: 9, cutoffs: [4], divValue: 2, headBias: false).head()
    let none = try Tensor<Float>(shape: [1 << 62, 8, 0, 2], scalars: [])
    #expect(try head.predict(none).shape == [1 << 62, 8, 0])
  }

  // Conformance case 45: argmax of logProb, for rows from undecided to peaked in any tail.
  @Test(arguments: AdaptiveShape.all, [0.01, 1, 10.0])
  func argmaxOfLogProb(_ shape: AdaptiveShape, _ scale: Double) throws {
    let head = try shape.head()
    var x = shape.input(211)
    x.withUnsafeMutableBufferPointer { for i in $0.indices { $0[i] *= Float(scale) } }
    let logProb = try head.logProb(x)
    let predicted = try head.predict(x)
    #expect(predicted.shape == [211])
    #expect(predicted.scalars == Oracle.argmax(Exact(logProb)).map { Int64($0) })
  }

  // Weights of few distinct values make logits tie exactly, within tails, between tails and with the shortlist.
  @Test(arguments: 0..<20)
  func ties(_ seed: Int) throws {
    let shape = AdaptiveShape(inFeatures: 3, nClasses: 90, cutoffs: [3, 40, 47], divValue: 1, headBias: true)
    var dict = try shape.stateDict(seed: UInt64(seed))
    for (name, tensor) in dict {
      dict[name] = try Tensor(shape: tensor.shape, scalars: tensor.scalars.map { ($0 * 2).rounded() })
    }
    let head = try AdaptiveLogSoftmaxWithLoss(stateDict: dict)
    let x = try Tensor<Float>((0..<64).map { row in [0, 2, 4].map { Float((row >> $0) & 3) - 1.5 } })
    let logProb = try head.logProb(x)
    #expect(try head.predict(x).scalars == Oracle.argmax(Exact(logProb)).map { Int64($0) })
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
    let expected = Oracle.argmax(Exact(logProb))
    #expect(try head.predict(x).scalars == expected.map { Int64($0) })
    #expect(expected[0] != 999, "the largest logit of tail 0 is not the lowest class of the greatest log-probability")
  }

  @Test func case45AllZeroWeights() throws {
    let shape = AdaptiveShape(inFeatures: 4, nClasses: 6, cutoffs: [2, 4], divValue: 1, scale: 0)
    let head = try shape.head()
    let logProb = try head.logProb(shape.input(3))
    for row in 0..<3 {
      for c in 0..<6 { #expect(abs(logProb[row, c] - (c < 2 ? -1.3862944 : -2.0794415)) < 1e-6) }
    }
    #expect(try head.predict(shape.input(3)).scalars == [0, 0, 0])
  }

  @Test func case53AnyRankAndEmpty() throws {
    let shape = AdaptiveShape.small
    let head = try shape.head()
    let x = shape.input(12)
    let flat = try head.predict(x)
    let deep = try head.predict(x.reshaped(to: [2, 6, 8]))
    #expect(deep.shape == [2, 6])
    #expect(deep.scalars == flat.scalars)
    #expect(try head.predict(x.row(5)).shape == [])
    #expect(try head.predict(x.row(5)).item() == flat[5])
    #expect(try head.predict(Tensor<Float>.zeros([0, 8])).shape == [0])
    let text = refusal(.shape) { _ = try head.predict(Tensor<Float>.zeros([8, 2])) }
    #expect(text == "expected inputs of shape [..., 8], found [8, 2]")
  }

  @Test func rowsThatAreNotNumbersPredict0() throws {
    let shape = AdaptiveShape.small
    let head = try shape.head()
    var x = shape.input(4)
    let good = try head.predict(x)
    x[1, 3] = .nan
    x[2, 0] = -.infinity
    #expect(try head.predict(x).scalars == [good[0], 0, 0, good[3]])
  }

  @Test func doubleAndHalf() throws {
    let shape = AdaptiveShape.all[7]
    let double = try AdaptiveLogSoftmaxWithLoss(stateDict: shape.stateDict(as: Double.self))
    let x = shape.input(50, as: Double.self)
    #expect(try double.predict(x).scalars == Oracle.argmax(Exact(try double.logProb(x))).map { Int64($0) })
    let float = try shape.head()
    let half = shape.input(50, as: BFloat16.self)
    #expect(try float.predict(half).scalars == Oracle.argmax(Exact(try float.logProb(half))).map { Int64($0) })
  }

  @Test func storageIsReused() throws {
    let shape = AdaptiveShape.small
    let head = try shape.head()
    var result = try Tensor<Int64>.full([3], 7)
    let address = result.withUnsafeBufferPointer { $0.baseAddress }
    try head.predict(shape.input(3), into: &result)
    #expect(result.withUnsafeBufferPointer { $0.baseAddress } == address)
    #expect(result.scalars == (try head.predict(shape.input(3)).scalars))
  }
}
