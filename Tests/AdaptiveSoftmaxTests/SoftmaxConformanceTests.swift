import AdaptiveSoftmax
import Testing

private let inf = Double.infinity
private let nan = Double.nan

/// The numbered conformance cases of the softmax family, as PyTorch 2.15 answers them.
@Suite struct SoftmaxConformance {
  static let p = [0.09003057317038045, 0.2447284710547976, 0.6652409557748218]
  static let logP = [-2.4076059644443806, -1.4076059644443804, -0.4076059644443804]

  @Test func case01OneTwoThree() throws {
    let x = Tensor<Double>([1, 2, 3])
    expectClose(try softmax(x, dim: 0), Self.p)
    expectClose(try logSoftmax(x, dim: 0), Self.logP)
    expectClose(try softmin(x, dim: 0), Self.p.reversed())
    expectClose(try softmax(Tensor<Float>([1, 2, 3]), dim: 0), Self.p)
  }

  @Test func case02LargeInputs() throws {
    expectClose(try softmax(Tensor<Double>([1000, 1001, 1002]), dim: 0), Self.p)
    expectClose(try softmax(Tensor<Float>([1000, 1001, 1002]), dim: 0), Self.p)
  }

  @Test func case03LargestFinite() throws {
    let x = Tensor<Float>([3.4e38, -3.4e38])
    expectClose(try softmax(x, dim: 0), [1, 0], ulps: 0)
    expectClose(try logSoftmax(x, dim: 0), [0, -inf], ulps: 0)
  }

  @Test func case04BigOffsets() throws {
    expectClose(
      try logSoftmax(Tensor<Float>([1e8, 1e8 + 8]), dim: 0), [-8.000335406372896, -3.354063728956e-4])
    expectClose(try logSoftmax(Tensor<Float>([1e8, 1e8]), dim: 0), [-0.6931471805599453, -0.6931471805599453])
  }

  @Test func case05AllMinusInfinity() throws {
    let x = Tensor<Float>([-.infinity, -.infinity, -.infinity])
    expectClose(try softmax(x, dim: 0), [nan, nan, nan])
    expectClose(try logSoftmax(x, dim: 0), [nan, nan, nan])
  }

  @Test func case06PlusInfinity() throws {
    let x = Tensor<Float>([0, .infinity, 1])
    expectClose(try softmax(x, dim: 0), [nan, nan, nan])
    expectClose(try logSoftmax(x, dim: 0), [nan, nan, nan])
  }

  @Test func case07OneMinusInfinity() throws {
    let x = Tensor<Double>([0, -.infinity, 1])
    expectClose(try softmax(x, dim: 0), [0.2689414213699951, 0, 0.7310585786300049])
    expectClose(try logSoftmax(x, dim: 0), [-1.3132616875182228, -inf, -0.3132616875182228])
  }

  @Test func case08SoftminInfinities() throws {
    expectClose(
      try softmin(Tensor<Double>([0, .infinity, 1]), dim: 0), [0.7310585786300049, 0, 0.2689414213699951])
    expectClose(try softmin(Tensor<Double>([0, -.infinity, 1]), dim: 0), [nan, nan, nan])
  }

  @Test(arguments: [0, 15, 16, 31, 32, 39, 40])
  func case09OneNaNSpoilsTheRow(position: Int) throws {
    var x = try Tensor<Float>.zeros([41])
    x[position] = .nan
    expectClose(try softmax(x, dim: 0), [Double](repeating: nan, count: 41))
    expectClose(try logSoftmax(x, dim: 0), [Double](repeating: nan, count: 41))
  }

  @Test func case10NaNStaysInItsColumn() throws {
    let x = try Tensor<Double>([[0, .nan], [1, 2]])
    expectClose(try softmax(x, dim: 0), [0.2689414213699951, nan, 0.7310585786300049, nan])
  }

  @Test func case11SlicesOfSizeOne() throws {
    let x = try Tensor<Float>([[5], [-.infinity], [.infinity], [.nan]])
    expectClose(try softmax(x, dim: 1), shape: [4, 1], [1, nan, nan, nan], ulps: 0)
    expectClose(try logSoftmax(x, dim: 1), shape: [4, 1], [0, nan, nan, nan], ulps: 0)
  }

  @Test(arguments: [0, -1, nil]) func case12RankZero(dim: Int?) throws {
    let x = Tensor<Float>(scalar: 3)
    expectClose(try softmax(x, dim: dim), shape: [], [1], ulps: 0)
    expectClose(try logSoftmax(x, dim: dim), shape: [], [0], ulps: 0)
  }

  @Test func case12RankZeroOutOfRange() {
    expectRefusal(.dimension, "Dimension out of range (expected to be in range of [-1, 0], but got 1)") {
      try softmax(Tensor<Float>(scalar: 3), dim: 1)
    }
  }

  @Test(arguments: [([2, 0], 1), ([2, 0], 0), ([0, 3], 1), ([0], 0), ([0, 1 << 40, 1 << 40], 2)])
  func case13Empty(shape: [Int], dim: Int) throws {
    let x = try Tensor<Float>.zeros(shape)
    expectClose(try softmax(x, dim: dim), shape: shape, [])
    expectClose(try softmin(x, dim: dim), shape: shape, [])
    expectClose(try logSoftmax(x, dim: dim), shape: shape, [])
  }

  @Test func case13EmptyOutOfRange() {
    expectRefusal(.dimension, "Dimension out of range (expected to be in range of [-2, 1], but got 5)") {
      try softmax(Tensor<Float>.zeros([0, 3]), dim: 5)
    }
  }

  @Test(arguments: [(1, 0), (2, 1), (3, 0), (4, 1), (5, 1)])
  func case14ImplicitDimension(rank: Int, expected: Int) throws {
    var generator = SeededGenerator(seed: 14)
    let x = try Tensor<Float>.randn([Int](repeating: 3, count: rank), using: &generator)
    #expect(try softmax(x, dim: nil).isBitwiseEqual(to: softmax(x, dim: expected)))
    #expect(try softmin(x, dim: nil).isBitwiseEqual(to: softmin(x, dim: expected)))
    #expect(try logSoftmax(x, dim: nil).isBitwiseEqual(to: logSoftmax(x, dim: expected)))
  }

  @Test func case15DimensionOutOfRange() throws {
    var y = try Tensor<Float>.ones([3])
    let x = try Tensor<Float>.zeros([2, 3])
    for dim in [-3, 2] {
      let text = "Dimension out of range (expected to be in range of [-2, 1], but got \(dim))"
      expectRefusal(.dimension, text) { try softmax(x, dim: dim) }
      expectRefusal(.dimension, text) { try softmin(x, dim: dim) }
      expectRefusal(.dimension, text) { try logSoftmax(x, dim: dim) }
      expectRefusal(.dimension, text) { try softmax(x, dim: dim, into: &y) }
    }
    #expect(y.scalars == [1, 1, 1])
  }

  @Test func case16IntegersAreCastFirst() throws {
    let x = Tensor<Int64>([1, 2, 3])
    expectClose(try softmax(x.to(Float.self), dim: 0), Self.p)
  }

  @Test func case17Float16() throws {
    expectClose(try softmax(Tensor<Float16>([65504, 65504]), dim: 0), [0.5, 0.5], ulps: 0)
    expectClose(try logSoftmax(Tensor<Float16>([60000, -60000]), dim: 0), [0, -inf], ulps: 0)
  }

  @Test func case18Softmax2d() throws {
    var generator = SeededGenerator(seed: 18)
    let x = try Tensor<Float>.randn([2, 3, 4, 5], using: &generator)
    #expect(try Softmax2d()(x).isBitwiseEqual(to: softmax(x, dim: 1)))
    let image = try Tensor<Float>.randn([3, 4, 5], using: &generator)
    #expect(try Softmax2d()(image).isBitwiseEqual(to: softmax(image, dim: 0)))
    #expect(try Softmax2d()(Tensor<Float>.zeros([2, 0, 4, 5])).shape == [2, 0, 4, 5])
    var y = try Tensor<Float>.ones([1])
    for rank in [0, 1, 2, 5] {
      let bad = try Tensor<Float>.zeros([Int](repeating: 2, count: rank))
      let text = "Softmax2d: expected input to be 3D or 4D, got \(rank)D instead"
      expectRefusal(.shape, text) { try Softmax2d()(bad) }
      expectRefusal(.shape, text) { try Softmax2d()(bad, into: &y) }
    }
    #expect(y.scalars == [1])
  }

  @Test func case19DenormalsAreKept() throws {
    let found = try softmax(Tensor<Float>([0, -103, -104, -88, -87.3]), dim: 0)
    let expected: [Double] = [1, 1.401298464324817e-45, 0, 6.054601895401186e-39, 1.2192e-38]
    for (a, b) in zip(found.scalars, expected) {
      #expect(abs(Double(a) - b) <= max(1.4013e-45, b * 1e-4), "\(a) \(b)")
    }
    #expect(found[1] > 0 && found[3] > 0)
  }

  @Test func case20ShiftInvariant() throws {
    let x = Tensor<Float>([1, 2, 3])
    let shifted = Tensor<Float>([65, 66, 67])
    #expect(try softmax(shifted, dim: 0).isBitwiseEqual(to: softmax(x, dim: 0)))
  }

  @Test func case21TransposedInput() throws {
    var generator = SeededGenerator(seed: 21)
    let x = try Tensor<Float>.randn([5, 7], using: &generator)
    let y = try softmax(x.transposed(0, 1), dim: 1)
    #expect(y.shape == [7, 5])
    #expect(try y.transposed(0, 1).isBitwiseEqual(to: softmax(x, dim: 0)))
  }

  @Test func case23DominatingEntry() throws {
    expectClose(try logSoftmax(Tensor<Float>([20, 0]), dim: 0), [-2.061153620314381e-9, -20.00000000206115])
    expectClose(try logSoftmax(Tensor<Double>([40, 0]), dim: 0), [-4.248354255291589e-18, -40])
    expectClose(try logSoftmax(Tensor<Float>([0, 20]), dim: 0), [-20.00000000206115, -2.061153620314381e-9])
  }
}
