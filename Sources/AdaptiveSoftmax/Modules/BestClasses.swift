/// The k best classes of each row so far: greatest log-probability first, the lowest class first where they tie.
struct BestClasses<Scalar: ComputingScalar> {
  let k: Int
  private let logProbs: UnsafeMutablePointer<Scalar>
  private let ids: UnsafeMutablePointer<Int64>
  private let counts: UnsafeMutablePointer<Int>

  init(rows: Int, k: Int, _ scratch: CallScratch) throws(SoftmaxError) {
    self.k = k
    logProbs = try scratch.take(Scalar.self, rows * k)
    ids = try scratch.take(Int64.self, rows * k)
    counts = try scratch.take(Int.self, rows)
    counts.update(repeating: 0, count: rows)
  }

  /// The best classes of a row; fewer than k when fewer have a log-probability that is a number.
  func classes(_ row: Int) -> UnsafeBufferPointer<Int64> {
    UnsafeBufferPointer(start: ids + row * k, count: counts[row])
  }

  /// Their log-probabilities.
  func logProbs(_ row: Int) -> UnsafeBufferPointer<Scalar> {
    UnsafeBufferPointer(start: logProbs + row * k, count: counts[row])
  }

  /// The k-th best log-probability; -inf while there are fewer.
  func threshold(_ row: Int) -> Scalar { counts[row] < k ? -.infinity : logProbs[row * k + k - 1] }

  /// Whether a class would enter.
  func admits(_ row: Int, _ logProb: Scalar, _ id: Int64) -> Bool {
    guard !logProb.isNaN, counts[row] == k else { return !logProb.isNaN }
    let last = row * k + k - 1
    return logProb > logProbs[last] || (logProb == logProbs[last] && id < ids[last])
  }

  /// Enters a class if it is among the k best and not yet in.
  ///
  /// - Complexity: O(k) when it enters, O(1) otherwise.
  func insert(_ row: Int, _ logProb: Scalar, _ id: Int64) {
    guard admits(row, logProb, id), !classes(row).contains(id) else { return }
    let first = row * k
    var place = counts[row] < k ? counts[row] : k - 1
    counts[row] = place + 1
    while place > 0 {
      let above = first + place - 1
      guard logProbs[above] < logProb || (logProbs[above] == logProb && ids[above] > id) else { break }
      logProbs[above + 1] = logProbs[above]
      ids[above + 1] = ids[above]
      place -= 1
    }
    logProbs[first + place] = logProb
    ids[first + place] = id
  }
}
