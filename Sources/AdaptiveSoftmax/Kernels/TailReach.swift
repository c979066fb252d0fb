internal import CSoftmaxKernels

/// What is kept of a tail's weights to tell, without computing it, how probable its best class can be.
///
///     log p(c | h) <= max(largest outlier logit, centre + radius spread) - log(sum exp outlier logits + n exp(centre))
///
/// centre is the logit of the mean of the n classes that are not outliers, spread the length of h in the metric of the
/// classes' covariance, radius that of the classes in the inverse metric. Classes in d dimensions lie near sqrt(d) in
/// it, the best logit near 4 spreads, so the bound is sharp where d is small: for the wide, flat tails, whose
/// log-sum-exp costs the most. The outliers are the sixteenth of the classes that lie farthest out.
final class TailReach: Sendable {
  /// The most features of a tail that is worth it, and the fewest classes.
  static let features = 32
  static let leastClasses = 512

  /// The mean and the axes: [1 + dimensions, features].
  let axes: PackedLinear
  let outliers: PackedLinear
  /// How many classes are not outliers.
  let others: Int
  /// Of all classes, and of those that are not outliers.
  let radius: (all: Double, others: Double)
  /// The length of the longest class, its bias included.
  let norm: Double

  init(axes: PackedLinear, outliers: PackedLinear, others: Int, radius: (all: Double, others: Double), norm: Double) {
    self.axes = axes
    self.outliers = outliers
    self.others = others
    self.radius = radius
    self.norm = norm
  }

  /// Room for what `limit` needs for some rows.
  struct Room<Scalar: ComputingScalar> {
    fileprivate let products: UnsafeMutablePointer<Scalar>
    fileprivate let max: UnsafeMutablePointer<Scalar>
    fileprivate let rest: UnsafeMutablePointer<Double>
    /// [rows]: log p(tail), to be filled in.
    let base: UnsafeMutablePointer<Scalar>
    /// [rows]: the result.
    let limit: UnsafeMutablePointer<Scalar>

    static var bytesPerRow: Int { (TailReach.features + 5) * MemoryLayout<Scalar>.stride + 8 }

    init(rows: Int, _ scratch: CallScratch) throws(SoftmaxError) {
      products = try scratch.take(Scalar.self, rows * (TailReach.features + 2))
      max = try scratch.take(Scalar.self, rows)
      rest = try scratch.take(Double.self, rows)
      base = try scratch.take(Scalar.self, rows)
      limit = try scratch.take(Scalar.self, rows)
    }
  }

  /// Writes what no class of the tail exceeds, for the hidden rows of `job`, to `room.limit`; `room.base` where the bound
  /// is worth nothing.
  ///
  /// - Parameter sharply: looks at the outliers too.
  /// - Complexity: O(rows features^2); sharply, O(rows features classes / 16) more.
  func limit<Scalar: ComputingScalar>(
    _ job: LinearJob, sharply: Bool, _ room: Room<Scalar>, threads: Int
  ) throws(SoftmaxError) {
    var products = job
    products.logits = UnsafeMutableRawPointer(room.products)
    products.logitsStride = axes.classes
    products.split = axes.classes
    try axes.run(products, threads: threads)
    if sharply {
      var far = job
      far.max = UnsafeMutableRawPointer(room.max)
      far.rest = room.rest
      try outliers.run(far, threads: threads)
    }
    var reach = smx_reach(
      type: Scalar._kernelType.c, depth: outliers.depth, hidden: job.hidden, products: room.products,
      columns: axes.classes, max: sharply ? UnsafeMutableRawPointer(room.max) : nil, rest: room.rest,
      classes: Double(others), radius: sharply ? radius.others : radius.all, norm: norm, base: room.base,
      limit: room.limit)
    try check(smx_reach_limits(&reach, job.rows))
  }
}
