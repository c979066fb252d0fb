/// How often the classes occur, the most frequent first.
struct ClassFrequencies: Sendable {
  /// The classes at the front of the order, as a share of all occurrences: [classes + 1], 0 first and 1 last.
  let share: [Double]

  var count: Int { share.count - 1 }

  /// Sorts and sums the counts of classes in any order.
  ///
  /// - Throws: `SoftmaxError` (`argument`: a count that is negative or not finite, fewer than 2 classes, no occurrence).
  init(_ counts: [Double]) throws(SoftmaxError) {
    try Self.check(counts)
    guard counts.count >= 2 else {
      throw SoftmaxError(.argument, "expected counts of at least 2 classes, found \(counts.count)")
    }
    var sums = [0.0]
    sums.reserveCapacity(counts.count + 1)
    for count in counts.sorted(by: >) { sums.append(sums[sums.count - 1] + count) }
    let total = sums[counts.count]
    guard total > 0, total.isFinite else {
      throw SoftmaxError(.argument, "expected counts with a positive, finite sum, found \(total)")
    }
    share = sums.map { $0 / total }
  }

  /// The share of the classes of a range.
  func share(_ classes: Range<Int>) -> Double { share[classes.upperBound] - share[classes.lowerBound] }

  /// The fewest classes, at least 1, whose share is at least `least`.
  func shortlist(of least: Double) -> Int {
    var (low, high) = (0, count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if share[middle] < least { low = middle } else { high = middle }
    }
    return high
  }

  static func check(_ counts: [Double]) throws(SoftmaxError) {
    guard let wrong = counts.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) else { return }
    throw SoftmaxError(
      .argument, "expected counts that are finite and not negative, found \(counts[wrong]) for class \(wrong)")
  }
}
