import AdaptiveSoftmax
import Benchmark
import Measuring

// One to a few rows: the packed weights come through memory once, and that is the limit.
let benchmarks: @Sendable () -> Void = {
  let (depth, classes) = (1024, 65_536)
  for rows in Setting.isFull ? [1, 2, 3, 4, 6, 8, 12, 16] : [1, 4, 8] {
    measure(
      "linear log-sum-exp [\(rows), \(depth)] x [\(classes), \(depth)]", limit: .read,
      amount: Double(4 * depth * classes)
    ) {
      let hidden = try inputs([rows, depth])
      let weights = try LinearWeights(inputs([classes, depth]))
      let y = try Reused<Float>([rows])
      return { try linearLogSumExp(hidden, weights, into: &y.tensor, threads: $0) }
    }
  }
}
