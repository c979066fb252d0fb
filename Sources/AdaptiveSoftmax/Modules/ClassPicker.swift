/// Finds the classes of draws whose groups are known, from the logits of those groups only.
struct ClassPicker<Scalar: ComputingScalar> {
  /// Rows whose logits are held at once.
  private static var block: Int { 128 }

  private let logits: UnsafeMutablePointer<Scalar>
  private var sums: RunningSums
  private let rows: UnsafeMutablePointer<Int>

  init(_ scratch: CallScratch) throws(SoftmaxError) {
    logits = try scratch.take(Scalar.self, Self.block * PackedLinear.groupClasses)
    sums = try RunningSums(Self.block * PackedLinear.groupClasses, scratch)
    rows = try scratch.take(Int.self, Self.block)
  }

  /// Writes the class of each pick to `output`; -1 where the logits of its group are no distribution.
  ///
  /// - Parameters:
  ///   - picks: ordered by group, then by row.
  ///   - job: the pass: its hidden rows and slope. Its row index is not used: a pick names its hidden row.
  ///   - classes: those of the layer that the groups count from 0.
  ///   - first: what class 0 of the groups is called in the output.
  mutating func find(
    _ picks: UnsafeBufferPointer<ClassPick>, _ layer: PackedLinear, _ job: LinearJob, classes: Range<Int>, first: Int,
    into output: UnsafeMutablePointer<Int64>, threads: Int
  ) throws(SoftmaxError) {
    var begin = 0
    while begin < picks.count {
      let group = picks[begin].group
      var (end, count) = (begin, 0)
      while end < picks.count, picks[end].group == group {
        if count == 0 || rows[count - 1] != picks[end].row {
          guard count < Self.block else { break }
          rows[count] = picks[end].row
          count += 1
        }
        end += 1
      }
      let lower = classes.lowerBound + group * PackedLinear.groupClasses
      let own = lower..<min(lower + PackedLinear.groupClasses, classes.upperBound)
      try weigh(own, layer, job, rows: count, threads: threads)
      var place = 0
      for pick in picks[begin..<end] {
        if rows[place] != pick.row { place += 1 }
        let found = sums.pick(place, at: pick.place)
        output[pick.draw] = found.map { Int64(first + group * PackedLinear.groupClasses + $0.entry) } ?? -1
      }
      begin = end
    }
  }

  /// Sums up some classes for the first `count` of `rows`.
  private mutating func weigh(
    _ classes: Range<Int>, _ layer: PackedLinear, _ job: LinearJob, rows count: Int, threads: Int
  )
    throws(SoftmaxError)
  {
    var job = job
    job.rows = count
    job.rowIndex = UnsafePointer(rows)
    job.logits = UnsafeMutableRawPointer(logits)
    job.logitsStride = classes.count
    job.split = classes.count
    try layer.run(job, classes: classes, threads: threads)
    try sums.fill(logits, rows: count, columns: classes.count, threads: threads)
  }
}
