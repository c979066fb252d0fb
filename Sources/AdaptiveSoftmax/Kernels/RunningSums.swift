internal import CSoftmaxKernels

/// Running sums of the probabilities of rows, up to a factor, in which draws find their entries.
struct RunningSums {
  /// [rows, columns].
  let sums: UnsafeMutablePointer<Double>
  private(set) var columns = 0

  /// Room for rows * columns entries.
  init(_ count: Int, _ scratch: CallScratch) throws(SoftmaxError) { sums = try scratch.take(Double.self, count) }

  /// Sums exp(slope x) over the rows of `x`, [rows, columns].
  mutating func fill<Scalar: ComputingScalar>(
    _ x: UnsafePointer<Scalar>, rows: Int, columns: Int, slope: Double = 1, threads: Int
  ) throws(SoftmaxError) {
    self.columns = columns
    try check(
      smx_running_sums(
        Scalar._kernelType.c, x, rows, columns, columns, slope, sums, try threadCount(threads)))
  }

  /// Sums the partials of groups of classes, [groups, rows], then `extra`, single logits, [rows, extraCount].
  mutating func fill<Scalar: ComputingScalar>(
    groupMax: UnsafePointer<Scalar>, groupRest: UnsafePointer<Double>, rows: Int, groups: Int,
    extra: UnsafePointer<Double>?, extraCount: Int, threads: Int
  ) throws(SoftmaxError) {
    columns = groups + extraCount
    try check(
      smx_group_sums(
        Scalar._kernelType.c, groupMax, groupRest, rows, groups, extra, extraCount, sums, try threadCount(threads)))
  }

  /// The sum of all entries of a row.
  func total(_ row: Int) -> Double { sums[(row + 1) * columns - 1] }

  /// How many of a row's first entries make up `target`; all where even they do not.
  func count(_ row: Int, reaching target: Double) -> Int {
    for i in 0..<columns where sums[row * columns + i] >= target { return i + 1 }
    return columns
  }

  /// The entry of a row at the share `u`, in 0 ..< 1, of its first `count` entries, and how far within the entry, in
  /// 0 ..< 1; nil where the sums are not numbers.
  func pick(_ row: Int, at u: Double, of count: Int? = nil) -> (entry: Int, place: Double)? {
    let count = count ?? columns
    var place = 0.0
    let entry = smx_pick(sums + row * columns, count, u, &place)
    return entry < count ? (entry, place) : nil
  }
}

/// Draws from the nucleus of each row of log-probabilities `x`, [rows, columns]; -1 where the row is not all numbers.
///
/// The random numbers `u` and the entries drawn are [rows, draws].
func drawFromNucleus<Scalar: ComputingScalar>(
  _ x: UnsafePointer<Scalar>, rows: Int, columns: Int, slope: Double, share: Double, _ u: UnsafePointer<Double>,
  draws: Int, into drawn: UnsafeMutablePointer<Int64>, threads: Int
) throws(SoftmaxError) {
  let threads = try threadCount(threads)
  try Workspace.with { (workspace) throws(SoftmaxError) in
    try check(
      smx_nucleus_draw(
        Scalar._kernelType.c, x, rows, columns, columns, slope, share, u, draws, drawn, threads, workspace))
  }
}
