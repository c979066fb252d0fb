extension Oracle {
  public enum Target {
    /// Class ids, one per row.
    case classes([Int])
    /// Class probabilities in the shape of the input.
    case probabilities(Exact)
  }

  /// A loss before and after its reductions.
  public struct Loss {
    /// One number per row; the shape is the input's without its class dimension.
    public let elements: Exact
    public let sum: Wide
    public let mean: Wide
  }

  /// Cross-entropy of logits [C], [N, C] or [N, C, d1, ...], as torch's cross_entropy; `isLogProbability` makes it nll_loss.
  ///
  /// An element is -sum_c w[c] q[c] log p[c] with q = (1 - e) target + e / C, and terms with q[c] = 0 left out; the mean
  /// divides by the sum of w[target] over the rows that are not ignored, or by the number of rows for probabilities.
  public static func crossEntropy(
    _ x: Exact, _ target: Target, weight: [Wide]? = nil, ignoreIndex: Int = -100, labelSmoothing: Wide = 0,
    isLogProbability: Bool = false
  ) -> Loss {
    let dim = x.shape.count == 1 ? 0 : 1
    let classes = x.shape[dim]
    let logP = isLogProbability ? x : logSoftmax(x, dim: dim)
    let weight = weight ?? [Wide](repeating: 1, count: classes)
    let rows = x.groups(over: [dim])
    var elements: [Wide] = []
    var divisor: Wide = 0
    for (r, row) in rows.enumerated() {
      var q = [Wide](repeating: labelSmoothing / Wide(classes), count: classes)
      switch target {
      case .classes(let ids):
        if ids[r] == ignoreIndex {
          elements.append(0)
          continue
        }
        q[ids[r]] += 1 - labelSmoothing
        divisor += weight[ids[r]]
      case .probabilities(let p):
        for c in 0..<classes { q[c] += (1 - labelSmoothing) * p.values[row[c]] }
        divisor += 1
      }
      elements.append((0..<classes).reduce(0) { q[$1] == 0 ? $0 : $0 - weight[$1] * q[$1] * logP.values[row[$1]] })
    }
    let sum = elements.reduce(0, +)
    var shape = x.shape
    shape.remove(at: dim)
    return Loss(elements: Exact(shape: shape, elements), sum: sum, mean: sum / divisor)
  }

  /// Negative log-likelihood of log-probabilities, as torch's nll_loss.
  public static func nll(_ logP: Exact, _ target: [Int], weight: [Wide]? = nil, ignoreIndex: Int = -100) -> Loss {
    crossEntropy(logP, .classes(target), weight: weight, ignoreIndex: ignoreIndex, isLogProbability: true)
  }
}
