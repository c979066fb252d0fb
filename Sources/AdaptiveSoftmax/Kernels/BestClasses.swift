internal import CSoftmaxKernels

/// The k best classes of each row so far: greatest log-probability first, the lowest class first where they tie.
///
/// NaN is never among them, so that a row can end with fewer than k.
struct BestClasses<Scalar: ComputingScalar> {
  let rows: Int
  let k: Int
  /// [rows, k]: in order once `sort` was called.
  let ids: UnsafeMutablePointer<Int64>
  let logProbs: UnsafeMutablePointer<Scalar>
  /// [rows].
  let counts: UnsafeMutablePointer<Int>
  /// [rows]: the greatest log-probability of a class that a pass dropped without proof that k others are better.
  let mostDropped: UnsafeMutablePointer<Scalar>
  /// [rows]: the row has no number at all.
  private let isNaN: UnsafeMutablePointer<Bool>

  /// No classes yet; `ids` and `logProbs` have room for rows * k.
  init(
    rows: Int, k: Int, ids: UnsafeMutablePointer<Int64>, logProbs: UnsafeMutablePointer<Scalar>, _ scratch: CallScratch
  ) throws(SoftmaxError) {
    self.rows = rows
    self.k = k
    self.ids = ids
    self.logProbs = logProbs
    counts = try scratch.take(Int.self, rows)
    mostDropped = try scratch.take(Scalar.self, rows)
    isNaN = try scratch.take(Bool.self, rows)
    counts.update(repeating: 0, count: rows)
    isNaN.update(repeating: false, count: rows)
    mostDropped.update(repeating: -.infinity, count: rows)
  }

  /// The classes of a row; fewer than k when fewer have a log-probability that is a number.
  func classes(_ row: Int) -> UnsafeBufferPointer<Int64> {
    UnsafeBufferPointer(start: ids + row * k, count: counts[row])
  }

  /// Their log-probabilities.
  func logProbs(_ row: Int) -> UnsafeBufferPointer<Scalar> {
    UnsafeBufferPointer(start: logProbs + row * k, count: counts[row])
  }

  /// Whether a class of this log-probability would enter.
  ///
  /// Not after `sort`.
  func admits(_ row: Int, _ logProb: Scalar, _ id: Int64) -> Bool {
    guard !logProb.isNaN, counts[row] == k else { return !logProb.isNaN }
    return logProb > logProbs[row * k] || (logProb == logProbs[row * k] && id < ids[row * k])
  }

  /// The log-probability that a class needs at least to enter; -inf while there is room.
  ///
  /// Not after `sort`.
  func least(_ row: Int) -> Scalar { counts[row] == k ? logProbs[row * k] : -.infinity }

  /// Leaves the row without classes, for good.
  func setNaN(_ row: Int) { isNaN[row] = true }

  /// Whether nothing that was dropped or never listed can belong to the row's k best.
  ///
  /// Never where the last of them is -inf: then all that was dropped, or has such a logit and was never listed, ties with it.
  /// Not after `sort`.
  func isComplete(_ row: Int) -> Bool { isNaN[row] || counts[row] == k && mostDropped[row] < logProbs[row * k] }

  /// Enters what a pass found.
  ///
  /// - Complexity: O(entries of `found` + those that enter * log k).
  func enter(
    _ found: LinearCandidates<Scalar>, rows order: UnsafeBufferPointer<Int>? = nil,
    base: UnsafePointer<Scalar>? = nil, classes: Range<Int>, threads: Int
  ) throws(SoftmaxError) {
    var offer = found.offer
    offer.row_index = order?.baseAddress
    offer.base = UnsafeRawPointer(base)
    offer.first_class = Int64(classes.lowerBound)
    offer.classes = Int64(classes.count)
    offer.most_dropped = UnsafeMutableRawPointer(mostDropped)
    var best = self.c
    try check(smx_best_offer(&best, &offer, threadCount(threads)))
  }

  /// Puts the classes of every row in order, best first.
  func sort(threads: Int) throws(SoftmaxError) {
    var best = self.c
    try smx_best_sort(&best, rows, threadCount(threads))
  }

  private var c: smx_best {
    smx_best(
      type: Scalar._kernelType.c, k: k, log_probability: UnsafeMutableRawPointer(logProbs), class_id: ids,
      count: counts)
  }
}
