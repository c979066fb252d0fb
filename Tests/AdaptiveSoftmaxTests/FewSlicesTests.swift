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
}
