internal import CSoftmaxKernels

/// What passes over linear layers find of each row: its log-sum-exp and the candidates for its k best classes.
///
/// The candidates are kept by a threshold test in the kernels. Where the lists of candidates would need more memory than
/// the logits of the layer, which is so when k is more than an eighth of its classes, the logits are kept instead.
struct LinearCandidates<Scalar: ComputingScalar> {
  /// The partial (max, rest) of each row of the last pass.
  let max: UnsafeMutablePointer<Scalar>
  let rest: UnsafeMutablePointer<Double>
  private let k: Int
  private let keepsAllLogits: Bool
  private let logits: UnsafeMutablePointer<Scalar>
  private let classes: UnsafeMutablePointer<Int64>
  private let counts: UnsafeMutablePointer<Int>
  private let dropped: UnsafeMutablePointer<Scalar>
  /// The last pass, as it is offered to the best classes: row index, base and classes are still to be set.
  private(set) var offer = smx_offer()

  /// Room for passes over at most `rows` rows that find at most `columns` entries of each.
  ///
  /// - Parameter keepsAllLogits: keeps the logits of every layer, so that nothing is ever dropped.
  init(rows: Int, k: Int, columns: Int, keepsAllLogits: Bool, _ scratch: CallScratch) throws(SoftmaxError) {
    self.k = k
    self.keepsAllLogits = keepsAllLogits
    max = try scratch.take(Scalar.self, rows)
    rest = try scratch.take(Double.self, rows)
    logits = try scratch.take(Scalar.self, rows * columns)
    classes = try scratch.take(Int64.self, rows * columns)
    counts = try scratch.take(Int.self, rows)
    dropped = try scratch.take(Scalar.self, rows)
  }

  /// Whether a pass that wants the `k` best keeps the logits of the layer and not lists of candidates.
  private static func keepsLogits(k: Int, classes: Int) -> Bool { classes / 8 < k }

  /// The most entries that a row has after a pass for the `k` best of classes `0 ..< count` of a layer of `classes`.
  ///
  /// Lists with room for twice as many as are wanted are thinned out at a constant cost per entry.
  static func columns(k: Int, first count: Int, of classes: Int) -> Int {
    let wanted = k + classes - count
    return keepsLogits(k: wanted, classes: classes) ? count : wanted + Swift.max(wanted, 16)
  }

  /// Whether the last pass gave the row log-probabilities that are numbers: all of them, or none.
  func hasNumbers(_ row: Int) -> Bool { max[row].isFinite && !rest[row].isNaN }

  /// Runs `job` over `layer`, also asking for log-sum-exp and for what can be among the k best of classes
  /// `0 ..< count`; the job keeps at most the logits from there on.
  ///
  /// - Parameters:
  ///   - base: [rows], what is added to log-probabilities.
  ///   - least: [rows], what they must then reach to be wanted; nil with `base`: all are.
  mutating func run(
    _ layer: PackedLinear, _ job: LinearJob, first count: Int, base: UnsafePointer<Scalar>? = nil,
    least: UnsafePointer<Scalar>? = nil, threads: Int
  ) throws(SoftmaxError) {
    var job = job
    job.max = UnsafeMutableRawPointer(max)
    job.rest = rest
    job.split = count
    // Of the k best and the classes after `count` together, none of the k best is lost.
    let wanted = k + layer.classes - count
    offer = smx_offer()
    offer.rows = job.rows
    offer.logit = UnsafeMutableRawPointer(logits)
    offer.max = UnsafeRawPointer(max)
    offer.rest = UnsafePointer(rest)
    if keepsAllLogits || Self.keepsLogits(k: wanted, classes: layer.classes) {
      job.logits = UnsafeMutableRawPointer(logits)
      job.logitsStride = count
      offer.columns = count
    } else {
      offer.columns = Self.columns(k: k, first: count, of: layer.classes)
      job.candidates = LinearJob.Candidates(
        k: wanted, capacity: offer.columns, logit: UnsafeMutableRawPointer(logits), classes: classes, count: counts,
        dropped: UnsafeMutableRawPointer(dropped), base: UnsafeRawPointer(base), least: UnsafeRawPointer(least))
      offer.class_id = UnsafePointer(classes)
      offer.count = UnsafePointer(counts)
      offer.dropped = UnsafeRawPointer(dropped)
    }
    try layer.run(job, threads: threads)
  }
}
