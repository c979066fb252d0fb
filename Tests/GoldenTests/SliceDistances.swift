import AdaptiveSoftmax
import Foundation

/// For each element of a tensor, how far its slice's other elements are: what the error bounds depend on.
struct SliceDistances {
  /// max - x, 0 where it is not finite.
  private(set) var toMaximum: [Double]
  /// The mean of max - x over the slice but one maximum, weighted by exp(x - max): the terms of log1p(rest).
  private(set) var meanOfRest: [Double]

  init<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>, dim: Int, negated: Bool) {
    toMaximum = Array(repeating: 0, count: x.count)
    meanOfRest = toMaximum
    let values = x.scalars.map { negated ? -$0.asDouble : $0.asDouble }
    let dim = dim < 0 ? dim + max(x.rank, 1) : dim
    let n = x.rank == 0 ? 1 : x.shape[dim]
    let inner = x.rank == 0 ? 1 : x.shape[(dim + 1)...].reduce(1, *)
    guard x.count > 0 else { return }
    for outer in 0..<x.count / (n * inner) {
      for column in 0..<inner {
        let positions = (0..<n).map { (outer * n + $0) * inner + column }
        let maximum = positions.map { values[$0] }.max() ?? 0
        var (weights, sum, seenMaximum) = (0.0, 0.0, false)
        for position in positions {
          let distance = maximum - values[position]
          guard distance.isFinite else { continue }
          toMaximum[position] = distance
          if distance == 0, !seenMaximum {
            seenMaximum = true
            continue
          }
          weights += exp(-distance)
          sum += distance * exp(-distance)
        }
        for position in positions where weights > 0 { meanOfRest[position] = sum / weights }
      }
    }
  }
}
