internal import CSoftmaxKernels

/// What one pass of hidden rows over a `PackedLinear` keeps of the logits.
///
/// An output left nil is not computed; outputs are indexed by row and in the layer's type unless said. The caller owns all
/// memory.
struct LinearJob {
  /// The hidden rows: `type` is any storage type; rows are `stride` elements apart.
  var hidden: UnsafeRawPointer?
  var type: KernelType
  var stride: Int
  var rows: Int
  /// [rows]: row r reads hidden row `rowIndex[r]`; nil for r itself.
  var rowIndex: UnsafePointer<Int>?
  /// What the logits are multiplied by before anything is made of them.
  var slope = 1.0

  /// [rows]: the partial (max, rest); log-sum-exp = max + log1p(rest).
  var max: UnsafeMutableRawPointer?
  var rest: UnsafeMutablePointer<Double>?
  /// [groups(classes), rows]: the partials of every `groupClasses` classes, in order; asked for beside `max` and `rest`.
  var groupMax: UnsafeMutableRawPointer?
  var groupRest: UnsafeMutablePointer<Double>?
  /// [rows]: the sum of exp(logit - max) (logit - max); only with `max` and `rest`.
  var moment: UnsafeMutablePointer<Double>?

  /// [rows] class ids; those outside `0 ..< classes` are skipped.
  var target: UnsafePointer<Int64>?
  var targetLogit: UnsafeMutableRawPointer?

  /// [rows, split], rows `logitsStride` elements apart: the logits of classes `0 ..< split`.
  var logits: UnsafeMutableRawPointer?
  var logitsStride = 0
  var split = 0
  /// [rows, classes - split], rows `afterStride` elements apart: the logits of the other classes.
  var logitsAfter: UnsafeMutableRawPointer?
  var afterStride = 0

  /// The candidates for the k best; nil for none.
  var candidates: Candidates?

  struct Candidates {
    var k: Int
    /// At least `k + 16`.
    var capacity: Int
    /// [rows, capacity], [rows, capacity], [rows], [rows].
    var logit: UnsafeMutableRawPointer
    var classes: UnsafeMutablePointer<Int64>
    var count: UnsafeMutablePointer<Int>
    var dropped: UnsafeMutableRawPointer
    /// [rows]: only classes whose log-probability, plus `base`, reaches `least` are wanted; nil: all are.
    var base: UnsafeRawPointer?
    var least: UnsafeRawPointer?
  }

  /// Counts of the logits of classes `0 ..< split` that reach a bar; nil for none.
  var ranks: Ranks?

  /// All arrays are [rows].
  struct Ranks {
    /// `above` counts the logits >= high; `level` those in low ..< high of the classes below `pivot`.
    var low: UnsafeRawPointer
    var high: UnsafeRawPointer
    var pivot: UnsafePointer<Int64>
    var above: UnsafeMutablePointer<Int64>
    var level: UnsafeMutablePointer<Int64>
  }

  init(hidden: UnsafeRawPointer?, type: KernelType, stride: Int, rows: Int) {
    self.hidden = hidden
    self.type = type
    self.stride = stride
    self.rows = rows
  }
}

extension PackedLinear {
  /// The classes that one group partial stands for.
  static var groupClasses: Int { SMX_LINEAR_GROUP }
  /// Where a range of classes that is run alone may begin: at its multiples.
  static var sliceStep: Int { panelClasses }

  /// Runs one pass: logits[r, c] = bias[c] + sum over k of hidden[r, k] weight[c, k], as the layer shapes them.
  ///
  /// - Parameter classes: runs only these, which count from 0 in the job; nil for all.
  /// - Throws: `SoftmaxError` (`argument`, `memory`, `variant`).
  /// - Complexity: O(rows classes depth).
  func run(_ job: LinearJob, classes: Range<Int>? = nil, threads: Int = 0) throws(SoftmaxError) {
    let threads = try threadCount(threads)
    try Workspace.with { (workspace) throws(SoftmaxError) in
      try withLayer(classes) { (layer) throws(SoftmaxError) in
        var c = smx_linear_job()
        c.layer = layer
        c.hidden_type = job.type.c
        c.hidden = job.hidden
        c.hidden_stride = job.stride
        c.row_index = job.rowIndex
        c.rows = job.rows
        c.slope = job.slope
        c.max = job.max
        c.rest = job.rest
        c.group_max = job.groupMax
        c.group_rest = job.groupRest
        c.moment = job.moment
        c.target = job.target
        c.target_logit = job.targetLogit
        c.logits = job.logits
        c.logits_stride = job.logitsStride
        c.split = job.split
        c.logits_after = job.logitsAfter
        c.after_stride = job.afterStride
        if let candidates = job.candidates {
          c.k = candidates.k
          c.capacity = candidates.capacity
          c.candidate_logit = candidates.logit
          c.candidate_class = candidates.classes
          c.candidate_count = candidates.count
          c.dropped = candidates.dropped
          c.base = candidates.base
          c.least = candidates.least
        }
        if let ranks = job.ranks {
          c.low = ranks.low
          c.high = ranks.high
          c.pivot = ranks.pivot
          c.above_count = ranks.above
          c.level_count = ranks.level
        }
        try check(smx_linear_run(&c, threads, workspace))
      }
    }
  }

  /// Writes the logits of the classes that `classes`, [job.rows, perRow], names for the rows of `job`, as `run` has them.
  ///
  /// Ids that are none of the layer's are skipped.
  func pick(
    _ classes: UnsafePointer<Int64>, perRow: Int, of job: LinearJob, into logits: UnsafeMutableRawPointer,
    threads: Int = 0
  ) throws(SoftmaxError) {
    let threads = try threadCount(threads)
    try Workspace.with { (workspace) throws(SoftmaxError) in
      try withLayer { (layer) throws(SoftmaxError) in
        try check(
          smx_linear_pick(
            layer, job.type.c, job.hidden, job.stride, job.rowIndex, job.rows, classes, perRow, logits, threads,
            workspace))
      }
    }
  }
}

/// out[r] = logit[r] - (max[r] + log1p(rest[r])) + base[r]; a nil base counts as 0; NaN where max is not finite.
func logProbability(
  _ type: KernelType, logit: UnsafeRawPointer, max: UnsafeRawPointer, rest: UnsafePointer<Double>,
  base: UnsafeRawPointer? = nil, into out: UnsafeMutableRawPointer, rows: Int
) throws(SoftmaxError) {
  try check(smx_log_probability(type.c, logit, max, rest, base, out, rows))
}

/// The same in place over a matrix of logits, [rows, columns], rows `stride` elements apart.
func logProbabilities(
  _ type: KernelType, inPlace x: UnsafeMutableRawPointer, rows: Int, columns: Int, stride: Int, max: UnsafeRawPointer,
  rest: UnsafePointer<Double>, base: UnsafeRawPointer? = nil, threads: Int = 0
) throws(SoftmaxError) {
  try check(smx_log_probabilities(type.c, x, rows, columns, stride, max, rest, base, try threadCount(threads)))
}

/// out[r] = max[r] + log1p(rest[r]).
func logSumExp(
  _ type: KernelType, max: UnsafeRawPointer, rest: UnsafePointer<Double>, into out: UnsafeMutableRawPointer, rows: Int
) throws(SoftmaxError) {
  try check(smx_log_sum_exp_of(type.c, max, rest, out, rows))
}

/// low[r]: the least logit whose log-probability is at least bar[r]; high[r]: the least whose log-probability is greater.
func logitBars(
  _ type: KernelType, bar: UnsafeRawPointer, max: UnsafeRawPointer, rest: UnsafePointer<Double>,
  base: UnsafeRawPointer? = nil, low: UnsafeMutableRawPointer, high: UnsafeMutableRawPointer, rows: Int
) throws(SoftmaxError) {
  try check(smx_logit_bars(type.c, bar, max, rest, base, low, high, rows))
}

/// out[r] = log1p(rest[r]) - moment[r] / (1 + rest[r]): the entropy in nats; NaN where max is not finite.
func entropies(
  _ type: KernelType, max: UnsafeRawPointer, rest: UnsafePointer<Double>, moment: UnsafePointer<Double>,
  into out: UnsafeMutablePointer<Double>, rows: Int
) throws(SoftmaxError) {
  try check(smx_entropy_of(type.c, max, rest, moment, out, rows))
}
