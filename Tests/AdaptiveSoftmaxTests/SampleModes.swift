import AdaptiveSoftmax
import TestSupport
import Testing

/// What changes or restricts the distribution of a draw, and what it is then.
struct SampleMode: Sendable, CustomTestStringConvertible {
  var temperature = 1.0
  var topK: Int?
  var topP: Double?

  var testDescription: String {
    "T \(temperature)" + (topK.map { ", k \($0)" } ?? "") + (topP.map { ", p \($0)" } ?? "")
  }

  static let all = [
    SampleMode(), SampleMode(temperature: 0.6), SampleMode(temperature: 1.7), SampleMode(topK: 1),
    SampleMode(topK: 13), SampleMode(temperature: 2, topK: 30), SampleMode(topP: 0.5), SampleMode(topP: 0.97),
    SampleMode(temperature: 1.5, topP: 0.9), SampleMode(temperature: 0.7, topK: 40, topP: 0.8),
    SampleMode(topK: 100_000, topP: 1),
  ]

  /// q of one row by its definition, from all of its log-probabilities: tempered, sorted, cut, normalised.
  func distribution(_ logProb: [Float]) -> [Double] {
    let exponents = logProb.map { Wide($0) / Wide(temperature) }
    var q = Oracle.softmax(Exact(shape: [logProb.count], exponents), dim: 0).doubles
    let order = q.indices.sorted { logProb[$0] > logProb[$1] || (logProb[$0] == logProb[$1] && $0 < $1) }
    var kept = order.prefix(topK ?? q.count)
    let most = kept.reduce(0) { $0 + q[$1] }
    var (count, sum) = (0, 0.0)
    while count < kept.count, count == 0 || sum < (topP ?? 2) * most {
      sum += q[kept[count]]
      count += 1
    }
    kept = kept.prefix(count)
    let inside = Set(kept)
    for c in q.indices { q[c] = inside.contains(c) ? q[c] / sum : 0 }
    return q
  }
}

/// Pearson's statistic of draws against a distribution, over cells of at least 8 expected draws, and the degrees of
/// freedom; infinite where a class was drawn that cannot be.
func chiSquare(_ draws: [Int64], _ q: [Double]) -> (statistic: Double, freedom: Double) {
  var found = [Double](repeating: 0, count: q.count)
  for draw in draws { found[Int(draw)] += 1 }
  guard q.indices.allSatisfy({ q[$0] > 0 || found[$0] == 0 }) else { return (.infinity, 1) }
  var (statistic, cells, seen, expected) = (0.0, 0.0, 0.0, 0.0)
  for c in q.indices {
    seen += found[c]
    expected += q[c] * Double(draws.count)
    guard expected >= 8 || c == q.count - 1 else { continue }
    if expected > 0 { statistic += (seen - expected) * (seen - expected) / expected }
    cells += 1
    (seen, expected) = (0, 0)
  }
  return (statistic, max(cells - 1, 1))
}
