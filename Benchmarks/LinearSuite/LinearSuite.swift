import AdaptiveSoftmax
import Benchmark
import Measuring

// Linear layers without their logits, two floating-point operations a weight and row; and packing, a copy.
let benchmarks: @Sendable () -> Void = {
  for (rows, depth, classes) in shapes {
    logSumExps(rows, depth, classes, Float.self, .floatMath)
    if Setting.isFull { logSumExps(rows, depth, classes, Double.self, .doubleMath) }
  }
  let (rows, depth, classes) = (1024, 512, 32_000)
  measure(
    "linear_cross_entropy [\(rows), \(depth)] x [\(classes), \(depth)]", limit: .floatMath,
    amount: 2 * Double(rows * depth * classes)
  ) {
    let hidden = try inputs([rows, depth])
    let weights = try LinearWeights(inputs([classes, depth]))
    let target = try targets(rows, classes: classes)
    let loss = try Reused<Float>([])
    return { try linearCrossEntropy(hidden, weights, target, into: &loss.tensor, threads: $0) }
  }
  measure("pack [32000, 1024], fresh memory", limit: .copy, amount: 2 * 4 * 32_000 * 1024) {
    let weight = try inputs([32_000, 1024])
    return { _ = try LinearWeights(weight, threads: $0) }
  }
}

private let shapes: [(Int, Int, Int)] =
  Setting.isFull
  ? [16, 32, 64, 128, 256, 512, 1024, 2048].flatMap { depth in [64, 256, 1024].map { ($0, depth, 16_384) } }
  : [(1008, 1024, 16_384), (256, 256, 32_768), (256, 64, 65_536), (256, 16, 131_072)]

private func logSumExps<Scalar: FloatingTensorScalar>(
  _ rows: Int, _ depth: Int, _ classes: Int, _ type: Scalar.Type, _ limit: Limit
) where Scalar.Accumulator == Scalar {
  measure(
    "linear log-sum-exp [\(rows), \(depth)] x [\(classes), \(depth)]", Scalar.dtypeName, limit: limit,
    amount: 2 * Double(rows * depth * classes)
  ) {
    let hidden = try inputs([rows, depth], type)
    let weights = try LinearWeights(inputs([classes, depth], type))
    let y = try Reused<Scalar>([rows])
    return { try linearLogSumExp(hidden, weights, into: &y.tensor, threads: $0) }
  }
}
