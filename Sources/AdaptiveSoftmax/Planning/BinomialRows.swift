/// How many of a batch's rows fall to a tail: a binomial number, of which expectations are taken.
struct BinomialRows {
  let trials: Int
  /// Above this mean a table is read at the mean: it is smooth there, and the number hardly varies.
  private static let exactBelow = 256.0

  private var first = 0
  private var weights: [Double] = []
  private var mean = 0.0

  init(trials: Int) { self.trials = trials }

  /// Sets the probability that a row falls to the tail.
  ///
  /// The probabilities follow from each other by their ratios, from the likeliest number outwards, until they no longer
  /// count; so no logarithm or factorial is needed.
  mutating func set(probability: Double) {
    let p = min(max(probability, 0), 1)
    mean = Double(trials) * p
    weights.removeAll(keepingCapacity: true)
    guard mean < Self.exactBelow, p < 1 else { return }
    let odds = p / (1 - p)
    let mode = min(Int(Double(trials + 1) * p), trials)
    var falling = [1.0]
    var n = mode
    while n > 0, falling[falling.count - 1] > 1e-12, odds > 0 {
      falling.append(falling[falling.count - 1] * Double(n) / (Double(trials - n + 1) * odds))
      n -= 1
    }
    first = mode - (falling.count - 1)
    weights.append(contentsOf: falling.reversed())
    n = mode
    while n < trials, weights[weights.count - 1] > 1e-12 {
      weights.append(weights[weights.count - 1] * Double(trials - n) * odds / Double(n + 1))
      n += 1
    }
    let sum = weights.reduce(0, +)
    for i in weights.indices { weights[i] /= sum }
  }

  /// The expectation of column `column` of a table [trials + 1, columns] by the number of rows.
  func expectation(of table: [Double], columns: Int, column: Int) -> Double {
    if weights.isEmpty {
      let below = min(Int(mean), trials - 1)
      let from = table[below * columns + column]
      return from + (mean - Double(below)) * (table[(below + 1) * columns + column] - from)
    }
    var sum = 0.0
    var index = first * columns + column
    for weight in weights {
      sum += weight * table[index]
      index += columns
    }
    return sum
  }
}
