import AdaptiveSoftmax
import TestSupport
import Testing

/// A result's bits depend on the slice alone: not on threads, variant, batch or position.
@Suite struct BitsTests {
  static let threads = [1, 2, 3, 7]
  static let shapes: [[Int]] = [
    [1, 1], [3, 17], [70, 64], [7, 513], [2, 4097], [1, 20_011], [300, 3], [40, 33, 9], [2, 70, 65], [5, 1, 4],
    [0, 3, 2],
  ]
  static let someShapes: [[Int]] = [[3, 17], [7, 513], [1, 9001], [20, 33, 9]]

  @Test(arguments: shapes) func float(shape: [Int]) throws { try check(shape, Float.self) }
  @Test(arguments: someShapes) func double(shape: [Int]) throws { try check(shape, Double.self) }
  @Test(arguments: someShapes) func float16(shape: [Int]) throws { try check(shape, Float16.self) }
  @Test(arguments: someShapes) func bfloat16(shape: [Int]) throws { try check(shape, BFloat16.self) }

  private func check<Scalar: FloatingTensorScalar>(_ shape: [Int], _: Scalar.Type) throws {
    let x = Inputs.tensor(.spread, shape, seed: 3, as: Scalar.self)
    let target = Tensor<Int>(Inputs.classes(max(shape[1], 1), count: x.count / max(shape[1], 1)))
    let targets = try target.reshaped(to: [shape[0]] + shape.dropFirst(2))
    let weight = Inputs.tensor(.constant, [shape[1]], as: Scalar.self)

    func results(threads: Int) throws -> (same: [Tensor<Scalar>], losses: [Tensor<Scalar.Accumulator>]) {
      var same: [Tensor<Scalar>] = []
      for dim in shape.indices {
        same.append(try softmax(x, dim: dim, threads: threads))
        same.append(try softmin(x, dim: dim, threads: threads))
        same.append(try logSoftmax(x, dim: dim, threads: threads))
        same.append(try logSumExp(x, dim: dim, threads: threads))
      }
      same.append(try logSumExp(x, dims: Array(shape.indices), threads: threads))
      let losses = try [Reduction.none, .mean].flatMap { reduction in
        [
          try crossEntropy(
            x, targets, weight: weight, reduction: reduction, labelSmoothing: 0.1, threads: threads),
          try crossEntropy(x, targets, reduction: reduction, threads: threads),
          try crossEntropy(x, x, reduction: reduction, threads: threads),
          try nllLoss(x, targets, reduction: reduction, threads: threads),
        ]
      }
      return (same, losses)
    }

    let expected = try Runtime.withVariant("scalar") { try results(threads: 1) }
    for variant in Runtime.variants where variant.runsHere {
      for threads in Self.threads {
        let found = try Runtime.withVariant(variant.name) { try results(threads: threads) }
        for (i, (a, b)) in zip(found.same, expected.same).enumerated() {
          #expect(bitDifference(a, b) == nil, "\(variant.name), \(threads) threads, result \(i)")
        }
        for (i, (a, b)) in zip(found.losses, expected.losses).enumerated() {
          #expect(bitDifference(a, b) == nil, "\(variant.name), \(threads) threads, loss \(i)")
        }
      }
    }
  }

  /// An inner choice of a variant ends where it ends, and not the outer one.
  @Test func choicesOfVariantsNest() throws {
    let usual = Runtime.variant
    let seen = try Runtime.withVariant("scalar") {
      [Runtime.variant, try Runtime.withVariant(usual!) { Runtime.variant }, Runtime.variant]
    }
    #expect(seen == ["scalar", usual, "scalar"])
    #expect(Runtime.variant == usual)
  }

  @Test(arguments: [1, 16, 33, 100, 513]) func rowsAloneAndInABatch(n: Int) throws {
    let x = Inputs.tensor(.normal, [37, n], as: Float.self)
    let all = [try softmax(x, dim: 1), try softmin(x, dim: 1), try logSoftmax(x, dim: 1)]
    let sums = try logSumExp(x, dim: 1)
    for r in 0..<37 {
      let row = try x.row(r)
      let alone = [try softmax(row, dim: 0), try softmin(row, dim: 0), try logSoftmax(row, dim: 0)]
      for (a, b) in zip(alone, all) { #expect(try bitDifference(a, b.row(r)) == nil) }
      #expect(try bitDifference(logSumExp(row, dim: 0), sums.row(r)) == nil)
    }
  }

  @Test(arguments: [[64, 33], [5, 513], [3, 4, 5], [2, 70, 65]]) func everyDimAgreesWithTheLast(shape: [Int]) throws {
    try everyDimAgreesWithTheLast(Inputs.tensor(.spread, shape, as: Float.self))
  }

  /// Which of several zeros is met first depends on the layout; the result must not.
  @Test(arguments: [[3, 40, 16], [2, 119, 65]]) func zerosOfBothSignsAreOneLargest(shape: [Int]) throws {
    var values = Inputs.values(.spread, count: shape.reduce(1, *)).map { -abs(Float($0)) }
    for i in stride(from: 0, to: values.count, by: 7) { values[i] = i % 3 == 0 ? -0.0 : 0 }
    try everyDimAgreesWithTheLast(Tensor(shape: shape, scalars: values))
  }

  private func everyDimAgreesWithTheLast(_ x: Tensor<Float>) throws {
    let last = x.shape.count - 1
    for dim in 0..<last {
      let turned = try x.transposed(dim, last)
      #expect(try bitDifference(softmax(turned, dim: last).transposed(dim, last), softmax(x, dim: dim)) == nil)
      #expect(try bitDifference(softmin(turned, dim: last).transposed(dim, last), softmin(x, dim: dim)) == nil)
      #expect(try bitDifference(logSoftmax(turned, dim: last).transposed(dim, last), logSoftmax(x, dim: dim)) == nil)
    }
  }

  @Test func softminIsSoftmaxOfTheNegated() throws {
    for kind in Inputs.Kind.allCases {
      let x = Inputs.tensor(kind, [3, 41], as: Float.self)
      let negated = try Tensor<Float>(shape: x.shape, scalars: x.scalars.map { -$0 })
      let (a, b) = (try softmin(x, dim: 1), try softmax(negated, dim: 1))
      #expect(zip(a.scalars, b.scalars).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }, "\(kind)")
    }
  }

  @Test func intoAndInPlaceAgree() throws {
    let x = Inputs.tensor(.normal, [9, 33], as: Float.self)
    for dim in [0, 1] {
      let expected = try softmax(x, dim: dim)
      var y = try Tensor<Float>.zeros([33, 9])
      let before = y.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
      try softmax(x, dim: dim, into: &y)
      #expect(y.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) } == before)
      #expect(bitDifference(y, expected) == nil)

      var shared = x
      try softmax(inPlace: &shared, dim: dim)
      #expect(bitDifference(shared, expected) == nil)
      #expect(bitDifference(x, Inputs.tensor(.normal, [9, 33], as: Float.self)) == nil)
      var own = try Tensor<Float>(shape: x.shape, scalars: x.scalars)
      let place = own.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
      try softmin(inPlace: &own, dim: dim)
      #expect(own.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) } == place)
      #expect(try bitDifference(own, softmin(x, dim: dim)) == nil)
      var log = x
      try logSoftmax(inPlace: &log, dim: dim)
      #expect(try bitDifference(log, logSoftmax(x, dim: dim)) == nil)
      try softmin(x, dim: dim, into: &log)
      #expect(bitDifference(log, own) == nil)
    }
  }

  @Test func aSharedOutputIsLeftAlone() throws {
    let x = Inputs.tensor(.normal, [4, 5], as: Float.self)
    var y = x
    try softmax(x, dim: 1, into: &y)
    #expect(bitDifference(x, Inputs.tensor(.normal, [4, 5], as: Float.self)) == nil)
    #expect(try bitDifference(y, softmax(x, dim: 1)) == nil)
  }
}
