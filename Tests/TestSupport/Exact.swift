public import AdaptiveSoftmax

/// What the oracle computes in: Float80 where there is one.
#if arch(x86_64) && !os(Windows)
  public typealias Wide = Float80
#else
  public typealias Wide = Double
#endif

/// A row-major array of wide numbers.
public struct Exact {
  public let shape: [Int]
  public var values: [Wide]

  public init(shape: [Int], _ values: [Wide]) {
    precondition(shape.reduce(1, *) == values.count, "\(values.count) values for the shape \(shape)")
    self.shape = shape
    self.values = values
  }

  public init<Scalar: TensorScalar>(_ tensor: Tensor<Scalar>) {
    self.init(shape: tensor.shape, tensor.scalars.map { Wide($0.asDouble) })
  }

  public var doubles: [Double] { values.map { Double($0) } }

  /// The flat positions that share their indices outside `dims`, group after group in row-major order of those indices.
  ///
  /// All dimensions are counted from the start.
  func groups(over dims: [Int]) -> [[Int]] {
    let kept = shape.indices.filter { !dims.contains($0) }
    var groups = [[Int]](repeating: [], count: kept.reduce(1) { $0 * shape[$1] })
    for position in values.indices {
      var rest = position
      var index = [Int](repeating: 0, count: shape.count)
      for d in shape.indices.reversed() {
        index[d] = rest % shape[d]
        rest /= shape[d]
      }
      groups[kept.reduce(0) { $0 * shape[$1] + index[$1] }].append(position)
    }
    return groups
  }
}
