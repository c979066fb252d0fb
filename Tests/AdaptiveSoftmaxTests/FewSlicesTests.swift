import AdaptiveSoftmax
import TestSupport
import Testing

/// Slices so few and so long that each, or each tile of them, is cut for the threads: the bits of one thread.
@Suite struct FewSlicesTests {
  @Test(arguments: [[1, 200_000], [3, 70_001]])
  func longRows(shape: [Int]) throws {
    var x: Tensor<Float> = Inputs.tensor(.spread, shape)
    x[0, 65_600] = -.infinity
    if shape[0] > 1 { x[1, 69_000] = .nan }
    let target = Tensor(Inputs.classes(shape[1], count: shape[0], seed: 3).map { Int64($0) })
    let half = try x.to(Float16.self)
    func results(_ threads: Int) throws -> [[Float]] {
      [
        try logSumExp(x, dims: [1], threads: threads).scalars,
        try logSumExp(half, dims: [1], threads: threads).scalars.map { Float($0) },
        try softmax(x, dim: 1, threads: threads).scalars,
        try crossEntropy(x, target, reduction: .none, labelSmoothing: 0.1, threads: threads).scalars,
        try crossEntropy(half, target, reduction: .none, threads: threads).scalars,
      ]
    }
    let alone = try results(1)
    for threads in [2, 3, 7] {
      for (i, (found, expected)) in zip(try results(threads), alone).enumerated() {
        #expect(bitDifference(found, expected) == nil, "result \(i), \(threads) threads")
      }
    }
  }

  @Test(arguments: [[1, 9000, 48], [5, 4000, 9]])
  func fewTiles(shape: [Int]) throws {
    let x: Tensor<Double> = Inputs.tensor(.withNegativeInfinity, shape)
    func results(_ threads: Int) throws -> [[Double]] {
      [
        try softmax(x, dim: 1, threads: threads).scalars, try logSoftmax(x, dim: 1, threads: threads).scalars,
        try logSumExp(x, dims: [1], threads: threads).scalars,
      ]
    }
    let alone = try results(1)
    for threads in [2, 3, 7] {
      for (i, (found, expected)) in zip(try results(threads), alone).enumerated() {
        #expect(bitDifference(found, expected) == nil, "result \(i), \(threads) threads")
      }
    }
  }

  /// Few columns that are cut into chunks for the threads have the bits of the same slices as rows.
  @Test(arguments: [[1, 16_385, 10], [2, 40_000, 7], [1, 20_000, 130], [3, 17_408, 1], [1, 18_000, 16]])
  func fewColumns(shape: [Int]) throws {
    var x: Tensor<Float> = Inputs.tensor(.spread, shape)
    x[0, 16_000, 0] = .nan
    for i in 0..<shape[1] { x[shape[0] - 1, i, shape[2] - 1] = i % 1024 == 7 ? -3 : -.infinity }
    try expectRows(x)
    try expectRows(x.to(Double.self))
    try expectRows(x.to(Float16.self))
    try expectRows(x.to(BFloat16.self))
  }

  private func expectRows<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) throws {
    let rows = try x.transposed(1, 2)
    let whole = try softmax(rows, dim: 2, threads: 1).transposed(1, 2)
    let log = try logSoftmax(rows, dim: 2, threads: 1).transposed(1, 2)
    let least = try softmin(rows, dim: 2, threads: 1).transposed(1, 2)
    let sum = try logSumExp(rows, dims: [2], threads: 1)
    for threads in [1, 2, 3, 7] {
      #expect(bitDifference(try softmax(x, dim: 1, threads: threads), whole) == nil, "\(threads) threads")
      #expect(bitDifference(try logSoftmax(x, dim: 1, threads: threads), log) == nil, "\(threads) threads")
      #expect(bitDifference(try logSumExp(x, dims: [1], threads: threads), sum) == nil, "\(threads) threads")
      var y = x
      try softmin(inPlace: &y, dim: 1, threads: threads)
      #expect(bitDifference(y, least) == nil, "\(threads) threads")
    }
  }
}
