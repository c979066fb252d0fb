public import AdaptiveSoftmax

/// The expected time of a head, term by term: every number of rows with its binomial probability, every set of cutoffs.
public struct OraclePlan {
  let share: [Double]
  let features, batch: Int
  let divValue: Double
  let isTraining: Bool
  let model: LinearCostModel

  public init(
    sortedCounts: [Double], features: Int, divValue: Double, batch: Int, isTraining: Bool, model: LinearCostModel
  ) {
    let total = sortedCounts.reduce(0, +)
    share = sortedCounts.map { $0 / total }
    self.features = features
    self.batch = batch
    self.divValue = divValue
    self.isTraining = isTraining
    self.model = model
  }

  public func width(_ tail: Int) -> Int {
    var divisor = 1.0
    for _ in 0...tail { divisor *= divValue }
    return Int((Double(features) / divisor).rounded(.down))
  }

  public func secondsPerRow(_ cutoffs: [Int]) -> Double {
    var seconds = pass(batch, cutoffs[0] + cutoffs.count, features)
    seconds += model.callSeconds + Double(batch) * model.rowSeconds
    for (tail, from) in cutoffs.enumerated() {
      let to = tail + 1 < cutoffs.count ? cutoffs[tail + 1] : share.count
      let p = share[from..<to].reduce(0, +)
      for rows in 1...batch {
        let tailSeconds = pass(rows, width(tail), features, isProjection: true) + pass(rows, to - from, width(tail))
        seconds += probability(of: rows, p) * tailSeconds
      }
    }
    return seconds / Double(batch)
  }

  public func parameters(_ cutoffs: [Int]) -> Int {
    var sum = features * (cutoffs[0] + cutoffs.count)
    for (tail, from) in cutoffs.enumerated() {
      let to = tail + 1 < cutoffs.count ? cutoffs[tail + 1] : share.count
      sum += width(tail) * (features + to - from)
    }
    return sum
  }

  /// Every set of so many cutoffs.
  public func everything(_ clusters: Int) -> [[Int]] {
    var sets: [[Int]] = [[]]
    for _ in 0..<clusters {
      sets = sets.flatMap { set in (((set.last ?? 0) + 1)..<max(share.count, (set.last ?? 0) + 1)).map { set + [$0] } }
    }
    return sets
  }

  private func pass(_ rows: Int, _ classes: Int, _ depth: Int, isProjection: Bool = false) -> Double {
    let forward = model.seconds(rows: Double(rows), classes: classes, depth: depth)
    guard isTraining else { return forward }
    // Three products and, but for a projection, the exponentials twice, of which the forward pass has one each: at the
    // measured numbers of classes, and between and beyond them along the line through two of those.
    func training(_ classes: Int) -> Double {
      let forward = model.seconds(rows: Double(rows), classes: classes, depth: depth)
      let exponentials = model.seconds(rows: Double(rows), classes: classes, depth: 0)
      return forward + 2 * max(0, forward - exponentials) + (isProjection ? 0 : exponentials)
        + 4 * model.seconds(rows: 1, classes: classes, depth: depth)
    }
    let measured = model.classes
    let padded = max(Double((classes + 31) / 32 * 32), Double(measured[0]))
    let after = measured.indices.first { $0 > 0 && Double(measured[$0]) > padded } ?? measured.count - 1
    let (low, high) = (training(measured[after - 1]), training(measured[after]))
    let place = (padded - Double(measured[after - 1])) / Double(measured[after] - measured[after - 1])
    return low + place * (place > 1 ? max(0, high - low) : high - low)
  }

  private func probability(of rows: Int, _ p: Double) -> Double {
    var product = 1.0
    for i in 0..<rows { product *= p * Double(batch - i) / Double(rows - i) }
    for _ in rows..<batch { product *= 1 - p }
    return product
  }
}
