import AdaptiveSoftmax
import TestSupport
import Testing

private let inf = Double.infinity
private let nan = Double.nan

@Suite struct LogSumExpTests {
  static let specialValues: [(x: [Double], expected: Double)] = [
    ([-inf, -inf], -inf), ([1, inf], inf), ([-inf, inf], inf), ([1, nan], nan), ([inf, nan], nan), ([inf, inf], inf),
    ([1, -inf], 1), ([1e3, 1e3], 1000.6931471805599), ([20, 30, 100], 100), ([0, 0, 0], 1.0986122886681098),
  ]

  @Test(arguments: specialValues)
  func case24SpecialValues(x: [Double], expected: Double) throws {
    expectClose(try logSumExp(Tensor(x), dim: 0), shape: [], [expected])
    expectClose(try logSumExp(Tensor(x.map { Float($0) }), dim: 0), shape: [], [expected])
  }

  @Test func case24EmptyDimensions() throws {
    expectClose(try logSumExp(Tensor<Float>.zeros([2, 0]), dim: 1), shape: [2], [-inf, -inf])
    expectClose(try logSumExp(Tensor<Float>.zeros([0, 2]), dim: 1), shape: [0], [])
    expectClose(try logSumExp(Tensor<Float>.zeros([2, 0]), dim: 0, keepingDims: true), shape: [1, 0], [])
    expectClose(try logSumExp(Tensor<Float>.zeros([2, 0, 3]), dims: [0, 1]), shape: [3], [-inf, -inf, -inf])
    expectClose(try logSumExp(Tensor<Float>.zeros([0, 2, 3]), dims: [0, 2]), shape: [2], [-inf, -inf])
  }

  @Test func case24SeveralDimensions() throws {
    let x = try Tensor<Double>.zeros([2, 3, 4])
    let log8 = 2.0794415416798357
    expectClose(try logSumExp(x, dims: [0, 2]), shape: [3], [log8, log8, log8])
    expectClose(try logSumExp(x, dims: [2, 0], keepingDims: true), shape: [1, 3, 1], [log8, log8, log8])
    expectClose(try logSumExp(x, dims: [0, 1, -1]), shape: [], [3.1780538303479458])
  }

  @Test func case24RankZero() throws {
    expectClose(try logSumExp(Tensor<Float>(scalar: 3), dim: 0), shape: [], [3], ulps: 0)
    expectClose(try logSumExp(Tensor<Float>(scalar: 3), dim: -1, keepingDims: true), shape: [], [3], ulps: 0)
  }

  @Test func case24Refusals() throws {
    let x = try Tensor<Float>.zeros([2, 3])
    var y = try Tensor<Float>.ones([2])
    expectRefusal(.dimension, "dim 0 appears multiple times in the list of dims") { try logSumExp(x, dims: [0, 0]) }
    expectRefusal(.dimension, "dim 1 appears multiple times in the list of dims") {
      try logSumExp(x, dims: [1, -1], into: &y)
    }
    expectRefusal(.dimension, "expected at least one dim") { try logSumExp(x, dims: []) }
    expectRefusal(.dimension, "Dimension out of range (expected to be in range of [-2, 1], but got 2)") {
      try logSumExp(x, dim: 2)
    }
    let integers = try Tensor<Int32>.zeros([2, 3])
    expectRefusal(.dimension, "Dimension out of range (expected to be in range of [-2, 1], but got 2)") {
      try logSumExp(integers, dim: 2)
    }
    expectRefusal(.argument, "threads must not be negative") { try logSumExp(integers, dim: 0, threads: -1) }
    #expect(y.scalars == [1, 1])
  }

  static let dimensionSets: [[Int]] = [
    [0], [1], [2], [3], [0, 1], [1, 2], [2, 3], [0, 2], [1, 3], [0, 3], [0, 1, 3], [0, 2, 3], [0, 1, 2, 3],
  ]

  /// Every set of dimensions, against the oracle.
  @Test(arguments: dimensionSets)
  func anyDimensions(dims: [Int]) throws {
    var generator = SeededGenerator(seed: 24)
    let x = try Tensor<Double>.randn([3, 4, 1, 5], using: &generator)
    let kept = (0..<4).filter { !dims.contains($0) }
    let expected = Oracle.logSumExp(Exact(x), dims: dims).doubles
    expectClose(try logSumExp(x, dims: dims), shape: kept.map { x.shape[$0] }, expected)
    var y = try Tensor<Double>.zeros([2])
    try logSumExp(x, dims: dims, keepingDims: true, into: &y)
    expectClose(y, shape: (0..<4).map { dims.contains($0) ? 1 : x.shape[$0] }, expected)
  }

  @Test func intoReusesItsStorage() throws {
    let x = try Tensor<Float>.zeros([4, 3])
    var y = try Tensor<Float>.ones([2, 2])
    let before = y.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
    try logSumExp(x, dim: 1, into: &y)
    #expect(y.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) } == before)
    expectClose(y, shape: [4], [Double](repeating: 1.0986122886681098, count: 4))
  }
}
