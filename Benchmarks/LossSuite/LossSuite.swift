import AdaptiveSoftmax
import Benchmark
import Measuring

// Log-sum-exp and cross-entropy of given logits: each element read once.
let benchmarks: @Sendable () -> Void = {
  for (rows, classes) in Setting.isFull ? [(4096, 32_000), (65_536, 1000), (1_000_000, 16)] : [(4096, 32_000)] {
    losses(rows, classes, Float.self)
    if Setting.isFull { losses(rows, classes, Double.self) }
  }
}

private func losses<Scalar: FloatingTensorScalar>(_ rows: Int, _ classes: Int, _ type: Scalar.Type) {
  let shape = [rows, classes]
  let bytes = Double(rows * classes * MemoryLayout<Scalar>.stride)
  measure("logsumexp \(shape) dim 1", Scalar.dtypeName, limit: .read, amount: bytes) {
    let x = try inputs(shape, type)
    let y = try Reused<Scalar>([rows])
    return { try logSumExp(x, dim: 1, into: &y.tensor, threads: $0) }
  }
  measure("cross_entropy \(shape)", Scalar.dtypeName, limit: .read, amount: bytes) {
    let x = try inputs(shape, type)
    let target = try targets(rows, classes: classes)
    let loss = try Reused<Scalar.Accumulator>([])
    return { try crossEntropy(x, target, into: &loss.tensor, threads: $0) }
  }
}
