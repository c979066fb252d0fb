/// The probabilities of groups of classes in each row, up to a factor: from the partials of one pass, without the logits.
///
/// A row has an entry for every 1024 classes in order, then the `extra` entries that the caller adds.
struct GroupMasses<Scalar: ComputingScalar> {
  /// The partial (max, rest) of each row.
  let max: UnsafeMutablePointer<Scalar>
  let rest: UnsafeMutablePointer<Double>
  private let groupMax: UnsafeMutablePointer<Scalar>
  private let groupRest: UnsafeMutablePointer<Double>
  private var sums: RunningSums

  static func groups(of classes: Int) -> Int { (classes + PackedLinear.groupClasses - 1) / PackedLinear.groupClasses }

  /// The bytes that a row takes.
  static func bytes(classes: Int, extra: Int) -> Int {
    (groups(of: classes) + 1) * (MemoryLayout<Scalar>.stride + 16) + extra * 8
  }

  /// Room for passes over at most `rows` rows and `classes` classes.
  init(rows: Int, classes: Int, extra: Int = 0, _ scratch: CallScratch) throws(SoftmaxError) {
    let groups = Self.groups(of: classes)
    max = try scratch.take(Scalar.self, rows)
    rest = try scratch.take(Double.self, rows)
    groupMax = try scratch.take(Scalar.self, rows * groups)
    groupRest = try scratch.take(Double.self, rows * groups)
    sums = try RunningSums(rows * (groups + extra), scratch)
  }

  /// Runs `job` over `classes` of `layer`.
  ///
  /// - Parameters:
  ///   - extra: logarithms of further masses, [rows, extraCount], beside the logits of the classes.
  mutating func run(
    _ layer: PackedLinear, _ job: LinearJob, classes: Range<Int>, extra: UnsafePointer<Double>? = nil,
    extraCount: Int = 0, threads: Int
  ) throws(SoftmaxError) {
    let groups = Self.groups(of: classes.count)
    var job = job
    job.max = UnsafeMutableRawPointer(max)
    job.rest = rest
    job.groupMax = UnsafeMutableRawPointer(groupMax)
    job.groupRest = groupRest
    try layer.run(job, classes: classes, threads: threads)
    try sums.fill(
      groupMax: groupMax, groupRest: groupRest, rows: job.rows, groups: groups, extra: extra, extraCount: extraCount,
      threads: threads)
  }

  /// The entry of a row at the share `u` of all masses, and how far within it; nil where they are no distribution.
  func pick(_ row: Int, at u: Double) -> (entry: Int, place: Double)? { sums.pick(row, at: u) }
}
