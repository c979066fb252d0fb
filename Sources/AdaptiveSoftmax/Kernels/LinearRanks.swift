/// How many classes of a layer are better than a class whose log-probability is known.
///
/// Log-probabilities never decrease with logits, rounding included, so the classes better than a log-probability are
/// those whose logits reach a bar that bisection finds: counting logits counts log-probabilities, exactly. The bar is
/// known only after the layer's log-sum-exp. For a class of the layer itself the first pass therefore counts what is
/// above a narrow interval around its logit: where nothing else lies in the interval, and both bars do, that is the count;
/// of the other rows those are counted in a second pass for which it can matter.
struct LinearRanks<Scalar: ComputingScalar> {
  /// The partial (max, rest) of the last pass that asked for it.
  let max: UnsafeMutablePointer<Scalar>
  let rest: UnsafeMutablePointer<Double>
  /// The log-probabilities of the classes that the last `countOwn` was given.
  let logProb: UnsafeMutablePointer<Scalar>
  /// What the last pass counted: the classes that are better, or equal and lower.
  let better: UnsafeMutablePointer<Int64>
  private let logit: UnsafeMutablePointer<Scalar>
  private let above: UnsafeMutablePointer<Int64>
  private let level: UnsafeMutablePointer<Int64>
  private let low: UnsafeMutablePointer<Scalar>
  private let high: UnsafeMutablePointer<Scalar>
  private let pivot: UnsafeMutablePointer<Int64>
  private let exactLow: UnsafeMutablePointer<Scalar>
  private let exactHigh: UnsafeMutablePointer<Scalar>
  private let open: UnsafeMutablePointer<Int>
  private let index: UnsafeMutablePointer<Int>

  init(rows: Int, _ scratch: CallScratch) throws(SoftmaxError) {
    max = try scratch.take(Scalar.self, rows)
    rest = try scratch.take(Double.self, rows)
    logProb = try scratch.take(Scalar.self, rows)
    better = try scratch.take(Int64.self, rows)
    logit = try scratch.take(Scalar.self, rows)
    above = try scratch.take(Int64.self, rows)
    level = try scratch.take(Int64.self, rows)
    low = try scratch.take(Scalar.self, rows)
    high = try scratch.take(Scalar.self, rows)
    pivot = try scratch.take(Int64.self, rows)
    exactLow = try scratch.take(Scalar.self, rows)
    exactHigh = try scratch.take(Scalar.self, rows)
    open = try scratch.take(Int.self, rows)
    index = try scratch.take(Int.self, rows)
  }

  /// Whether the last pass that asked for log-sum-exp gave the row log-probabilities that are numbers: all, or none.
  func hasNumbers(_ row: Int) -> Bool { max[row].isFinite && !rest[row].isNaN }

  /// Runs `job` over `layer` for its log-sum-exp only; the job may keep logits.
  func sum(_ layer: PackedLinear, _ job: LinearJob, threads: Int) throws(SoftmaxError) {
    var job = job
    job.max = UnsafeMutableRawPointer(max)
    job.rest = rest
    try layer.run(job, threads: threads)
  }

  /// Runs `job` over `layer` for its log-sum-exp, finds the log-probability of each row's class, and counts the classes
  /// `0 ..< count` that are better than it, or equal and lower.
  ///
  /// - Parameters:
  ///   - classes: [rows]; for a class of `count` or beyond nothing is counted.
  ///   - base: [rows], added to log-probabilities.
  ///   - limit: a count that reaches it need not be exact.
  func countOwn(
    _ layer: PackedLinear, _ job: LinearJob, classes: UnsafePointer<Int64>, first count: Int,
    base: UnsafePointer<Scalar>? = nil, limit: Int64, threads: Int
  ) throws(SoftmaxError) {
    let rows = job.rows
    try layer.pick(classes, perRow: 1, of: job, into: logit, threads: threads)
    for row in 0..<rows {
      // The bars lie within 1.5 ULP of the largest number that the log-probability is made of, which is seldom beyond 24.
      let margin = 3 * Scalar.ulpOfOne * (16 + abs(logit[row]))
      let isCounted = classes[row] < count && logit[row].isFinite
      low[row] = isCounted ? logit[row] - margin : .nan
      high[row] = isCounted ? logit[row] + margin : .nan
      pivot[row] = Int64(count)
    }
    var job = job
    job.split = count
    job.ranks = ranks
    try sum(layer, job, threads: threads)

    let type = Scalar._kernelType
    try logProbability(type, logit: logit, max: max, rest: rest, base: base, into: logProb, rows: rows)
    try logitBars(type, bar: logProb, max: max, rest: rest, base: base, low: exactLow, high: exactHigh, rows: rows)
    var opened = 0
    for row in 0..<rows {
      better[row] = above[row]
      let isSettled =
        exactHigh[row] <= high[row] && (above[row] >= limit || level[row] == 1 && low[row] <= exactLow[row])
      guard classes[row] < count, !exactLow[row].isNaN, !isSettled else { continue }
      open[opened] = row
      opened += 1
    }
    guard opened > 0 else { return }
    for i in 0..<opened {
      let row = open[i]
      index[i] = job.rowIndex?[row] ?? row
      low[i] = exactLow[row]
      high[i] = exactHigh[row]
      pivot[i] = classes[row]
    }
    var again = LinearJob(hidden: job.hidden, type: job.type, stride: job.stride, rows: opened)
    again.rowIndex = UnsafePointer(index)
    again.split = count
    again.ranks = ranks
    try layer.run(again, threads: threads)
    for i in 0..<opened { better[open[i]] = above[i] + level[i] }
  }

  /// Runs `job` over `layer` and counts the classes `0 ..< count` that are better than a class of another layer.
  ///
  /// - Parameters:
  ///   - logProb: [rows]; of the other class; nothing is better than NaN.
  ///   - max: [rows], with `rest` the layer's partials.
  ///   - base: [rows], added to log-probabilities.
  ///   - areLower: whether the layer's classes come before the row's, and so win ties.
  func countOther(
    _ layer: PackedLinear, _ job: LinearJob, first count: Int, than logProb: UnsafePointer<Scalar>,
    max: UnsafePointer<Scalar>, rest: UnsafePointer<Double>, base: UnsafePointer<Scalar>? = nil, threads: Int,
    areLower: (Int) -> Bool
  ) throws(SoftmaxError) {
    try logitBars(
      Scalar._kernelType, bar: logProb, max: max, rest: rest, base: base, low: low, high: high, rows: job.rows)
    for row in 0..<job.rows { pivot[row] = areLower(row) ? Int64(count) : 0 }
    var job = job
    job.split = count
    job.ranks = ranks
    try layer.run(job, threads: threads)
    for row in 0..<job.rows { better[row] = above[row] + level[row] }
  }

  private var ranks: LinearJob.Ranks {
    LinearJob.Ranks(
      low: UnsafeRawPointer(low), high: UnsafeRawPointer(high), pivot: UnsafePointer(pivot), above: above, level: level)
  }
}
