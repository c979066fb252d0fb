import Foundation

/// The softmax family straight from its formulas, in wide arithmetic.
///
/// Slow and naive on purpose; it calls nothing of the
/// library but Tensor. Dimensions may be negative; a rank of 0 counts as one slice of one number.
public enum Oracle {
  /// exp(x - max) / sum of them; NaN in a slice with a NaN, a +inf, or only -inf.
  public static func softmax(_ x: Exact, dim: Int) -> Exact {
    eachSlice(x, dim) { slice in
      guard let (max, rest) = partial(slice) else { return slice.map { _ in .nan } }
      return slice.map { exp($0 - max) / (1 + rest) }
    }
  }

  /// softmax(-x).
  public static func softmin(_ x: Exact, dim: Int) -> Exact {
    softmax(Exact(shape: x.shape, x.values.map { -$0 }), dim: dim)
  }

  /// (x - max) - log1p(rest): exact near 0 too.
  public static func logSoftmax(_ x: Exact, dim: Int) -> Exact {
    eachSlice(x, dim) { slice in
      guard let (max, rest) = partial(slice) else { return slice.map { _ in .nan } }
      return slice.map { ($0 - max) - log1p(rest) }
    }
  }

  /// max + log1p(rest) over several dimensions at once.
  ///
  /// Nothing or all -inf: -inf; a NaN: NaN; else a +inf: +inf.
  public static func logSumExp(_ x: Exact, dims: [Int], keepingDims: Bool = false) -> Exact {
    let dims = x.shape.isEmpty ? [] : dims.map { $0 < 0 ? $0 + x.shape.count : $0 }
    let groups = x.shape.isEmpty ? [[0]] : x.groups(over: dims)
    let shape = x.shape.indices.compactMap { dims.contains($0) ? (keepingDims ? 1 : nil) : x.shape[$0] }
    return Exact(
      shape: shape,
      groups.map { group in
        let slice = group.map { x.values[$0] }
        if slice.contains(where: \.isNaN) { return .nan }
        guard let (max, rest) = partial(slice) else { return slice.contains(.infinity) ? .infinity : -.infinity }
        return max + log1p(rest)
      })
  }

  /// The position of the largest value of each row of the last dimension, the lowest among equals.
  public static func argmax(_ x: Exact) -> [Int] {
    let width = x.shape.last ?? 1
    return stride(from: 0, to: x.values.count, by: max(width, 1)).map { start in
      (0..<width).reduce(0) { x.values[start + $1] > x.values[start + $0] ? $1 : $0 }
    }
  }

  /// hidden [rows, depth] times weight [classes, depth], plus bias [classes].
  public static func linear(_ hidden: Exact, weight: Exact, bias: Exact? = nil) -> Exact {
    let (rows, depth, classes) = (hidden.shape[0], hidden.shape[1], weight.shape[0])
    precondition(weight.shape[1] == depth)
    var logits: [Wide] = []
    for r in 0..<rows {
      for c in 0..<classes {
        var sum = bias?.values[c] ?? 0
        for k in 0..<depth { sum += hidden.values[r * depth + k] * weight.values[c * depth + k] }
        logits.append(sum)
      }
    }
    return Exact(shape: [rows, classes], logits)
  }

  /// The largest value, and the sum of exp(x - max) over all others; nil when they say nothing (NaN, +inf, only -inf, none).
  private static func partial(_ slice: [Wide]) -> (max: Wide, rest: Wide)? {
    guard !slice.contains(where: \.isNaN), let max = slice.max(), max.isFinite else { return nil }
    let first = slice.firstIndex(of: max)!
    return (max, slice.indices.reduce(0) { $1 == first ? $0 : $0 + exp(slice[$1] - max) })
  }

  private static func eachSlice(_ x: Exact, _ dim: Int, _ body: ([Wide]) -> [Wide]) -> Exact {
    let dim = dim < 0 ? dim + x.shape.count : dim
    var result = x
    for group in x.shape.isEmpty ? [[0]] : x.groups(over: [dim]) {
      for (position, value) in zip(group, body(group.map { x.values[$0] })) { result.values[position] = value }
    }
    return result
  }
}
