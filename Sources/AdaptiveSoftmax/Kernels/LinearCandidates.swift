/// What a pass over a linear layer found of each row: its log-sum-exp and the candidates for its k best classes.
struct LinearCandidates<Scalar: ComputingScalar> {
  /// The room that the kernels ask for beyond k.
  static var slack: Int { 16 }

  /// The partial (max, rest) of each row.
  let max: UnsafeMutablePointer<Scalar>
  let rest: UnsafeMutablePointer<Double>
  private let capacity: Int
  private let logProbs: UnsafeMutablePointer<Scalar>
  private let classes: UnsafeMutablePointer<Int64>
  private let counts: UnsafeMutablePointer<Int>
  private let dropped: UnsafeMutablePointer<Scalar>
  private let droppedLogProb: UnsafeMutablePointer<Scalar>
  private var rows = 0

  /// Room for passes over at most `rows` rows that ask for at most the `k` best.
  init(rows: Int, k: Int, _ scratch: CallScratch) throws(SoftmaxError) {
    capacity = k + Self.slack
    max = try scratch.take(Scalar.self, rows)
    rest = try scratch.take(Double.self, rows)
    logProbs = try scratch.take(Scalar.self, rows * capacity)
    classes = try scratch.take(Int64.self, rows * capacity)
    counts = try scratch.take(Int.self, rows)
    dropped = try scratch.take(Scalar.self, rows)
    droppedLogProb = try scratch.take(Scalar.self, rows)
  }

  /// Runs `job` over `layer`, also asking for log-sum-exp and the candidates for the k best.
  mutating func run(_ layer: PackedLinear, _ job: LinearJob, k: Int, threads: Int) throws(SoftmaxError) {
    var job = job
    rows = job.rows
    job.max = UnsafeMutableRawPointer(max)
    job.rest = rest
    job.candidates = LinearJob.Candidates(
      k: k, capacity: capacity, logit: UnsafeMutableRawPointer(logProbs), classes: classes, count: counts,
      dropped: UnsafeMutableRawPointer(dropped))
    try layer.run(job, threads: threads)
  }

  /// Turns the candidates' logits into log-probabilities; `base`, [rows], is added to them.
  func rate(base: UnsafePointer<Scalar>?, threads: Int) throws(SoftmaxError) {
    let type = Scalar._kernelType
    try logProbability(type, logit: dropped, max: max, rest: rest, base: base, into: droppedLogProb, rows: rows)
    for row in 0..<rows {
      (logProbs + row * capacity + counts[row]).update(repeating: 0, count: capacity - counts[row])
    }
    try logProbabilities(
      type, inPlace: logProbs, rows: rows, columns: capacity, stride: capacity, max: max, rest: rest, base: base,
      threads: threads)
  }

  /// Enters the candidates of row `row` into row `bestRow` of `best`: candidate c is class `range.lowerBound` + c, and
  /// those beyond `range` are none.
  func merge(_ row: Int, into best: BestClasses<Scalar>, _ bestRow: Int, classes range: Range<Int>) {
    for i in row * capacity..<row * capacity + counts[row] where classes[i] < range.count {
      best.insert(bestRow, logProbs[i], Int64(range.lowerBound) + classes[i])
    }
  }

  /// Whether no class that the pass dropped can reach `threshold`: log-probabilities never decrease with logits.
  func isComplete(_ row: Int, _ threshold: Scalar) -> Bool {
    dropped[row] == -.infinity || !(droppedLogProb[row] >= threshold)
  }

  /// Enters every class of one row, from all of its logits: for the rare row that is not complete.
  ///
  /// - Parameters:
  ///   - job: the pass that the row was part of.
  ///   - logits: room for the layer's classes.
  func mergeAll(
    _ row: Int, of layer: PackedLinear, _ job: LinearJob, base: UnsafePointer<Scalar>?,
    _ logits: UnsafeMutablePointer<Scalar>, into best: BestClasses<Scalar>, _ bestRow: Int, classes range: Range<Int>
  ) throws(SoftmaxError) {
    var job = LinearJob(
      hidden: job.hidden.map { $0 + row * job.stride * job.type.size }, type: job.type, stride: job.stride, rows: 1)
    job.logits = UnsafeMutableRawPointer(logits)
    job.logitsStride = layer.classes
    job.split = layer.classes
    try layer.run(job)
    try logProbabilities(
      Scalar._kernelType, inPlace: logits, rows: 1, columns: layer.classes, stride: layer.classes, max: max + row,
      rest: rest + row, base: base, threads: 1)
    for c in range.indices { best.insert(bestRow, logits[c - range.lowerBound], Int64(c)) }
  }
}
