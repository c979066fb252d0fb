import AdaptiveSoftmax
import Benchmark
import Measuring

// Softmax and log-softmax into an existing output: each element read and written once, so a copy is the limit.
let benchmarks: @Sendable () -> Void = {
  for (shape, dim) in shapes {
    family(shape, dim, Float.self)
    if Setting.isFull {
      family(shape, dim, Double.self)
      family(shape, dim, Float16.self)
      family(shape, dim, BFloat16.self)
    }
  }
  if !Setting.isFull { family([2048, 32_000], 1, Double.self) }
  for (shape, dim) in cached { family(shape, dim, Float.self, where: ", in the caches") }
}

/// Long, middling and short rows, some of which begin anywhere in a cache line; images over their channels; columns.
private let shapes: [([Int], Int)] =
  Setting.isFull
  ? [2, 4, 8, 16, 32, 64, 128, 203, 256, 512, 1000, 1001, 4096, 32_000, 50_257, 100_000, 267_735, 1_000_000].map {
    ([(1 << 25) / $0, $0], 1)
  } + [([8, 21, 512, 512], 1), ([1000, 1024, 32], 1), ([4096, 4096], 0), ([16, 1 << 20], 0)]
  : [
    ([4096, 32_000], 1), ([65_536, 1000], 1), ([128, 267_735], 1), ([160_000, 203], 1), ([1_000_000, 16], 1),
    ([8, 21, 512, 512], 1), ([4096, 4096], 0),
  ]

/// The same work where inputs and outputs stay in L2: what it takes in the core, beside a copy through memory.
private let cached: [([Int], Int)] = [([32, 1000], 1), ([2000, 16], 1), ([21, 1536], 0)]

private func family<Scalar: FloatingTensorScalar>(
  _ shape: [Int], _ dim: Int, _ type: Scalar.Type, where place: String = ""
) {
  let bytes = 2 * Double(shape.reduce(1, *) * MemoryLayout<Scalar>.stride)
  measure("softmax \(shape) dim \(dim)\(place)", Scalar.dtypeName, limit: .copy, amount: bytes) {
    let x = try inputs(shape, type)
    let y = try Reused<Scalar>(shape)
    return { try softmax(x, dim: dim, into: &y.tensor, threads: $0) }
  }
  measure("log_softmax \(shape) dim \(dim)\(place)", Scalar.dtypeName, limit: .copy, amount: bytes) {
    let x = try inputs(shape, type)
    let y = try Reused<Scalar>(shape)
    return { try logSoftmax(x, dim: dim, into: &y.tensor, threads: $0) }
  }
}
