internal import AdaptiveSoftmax

/// What came of a job.
struct JobOutcome {
  /// One for each file.
  let tallies: [Tally]
  /// Rows that an earlier run had done.
  let rowsResumed: Int

  /// What was counted over all files.
  var tally: Tally { tallies.reduce(into: Tally()) { $0.add($1) } }
}

/// Some rows of one file.
struct RowUnit: Sendable {
  let item: Int
  let rows: Range<Int>
}

/// A batch on its way through the stages.
private final class RowBuffer {
  var hidden = Tensor<Float>([])
  var target = Tensor<Int64>([])
  var results: RowResults

  init(outputs: Int) { results = RowResults(outputs: Array(repeating: OutputRows(), count: outputs)) }
}

/// The files of the item that is read, open.
private final class OpenSource: @unchecked Sendable {
  var item = -1
  var files: (hidden: HiddenRows, targets: TargetRows?)?
}

extension RowJob {
  /// Computes the results of a batch; called in the rows' order, on the thread that called `run`.
  typealias Scorer = (RowBatch, inout RowResults) throws(ScoringError) -> Void

  /// Streams all rows through `score`; outputs appear as they are whole.
  ///
  /// Tallies are given by `score` batch by batch; `nothing` is that of no rows, which names all that a file of them lacks.
  ///
  /// - Throws: `ScoringError`: what `score` and `progress` throw, `data`, `inputOutput`, of the first batch that has an
  ///   error; where files or names changed since `init`, also `missingInput`, `cannotCreate`, `outputExists`,
  ///   `outputBusy`. What was done before is kept for `JobSettings.resume` where another run can be luckier.
  func run(
    progress: ProgressCallback, nothing: Tally = Tally(), _ score: Scorer
  ) throws(ScoringError) -> JobOutcome {
    let writer = try JobWriter(self, nothing: nothing)
    settings.stop?.watch(writer)
    defer { settings.stop?.watch(nil) }
    do throws(ScoringError) {
      try stream(through: writer, progress, score)
      writer.finish()
    } catch {
      throw writer.leave(after: error)
    }
    return JobOutcome(tallies: writer.tallies, rowsResumed: writer.rowsResumed)
  }

  private func stream(
    through writer: JobWriter, _ progress: ProgressCallback, _ score: Scorer
  ) throws(ScoringError) {
    var done = writer.rowsResumed
    var tally = writer.tallies.reduce(into: Tally()) { $0.add($1) }
    try progress(JobProgress(rowsDone: done, rowsTotal: rowCount, tally: tally))
    let (first, firstRow) = (writer.item, writer.nextRow)
    let open = OpenSource()
    let pipeline = Pipeline<RowUnit, RowBuffer>(
      units: { [sources, batchRows] in
        AnyIterator(
          sources.indices.dropFirst(first).lazy.flatMap { item in
            let rows = sources[item].rows
            return RowBatches((item == first ? firstRow : rows.lowerBound)..<rows.upperBound, size: batchRows)
              .map { RowUnit(item: item, rows: $0) }
          }.makeIterator())
      },
      makeBatch: { RowBuffer(outputs: outputs.count) },
      read: { [sources, head] (unit, buffer) throws(ScoringError) in
        if open.item != unit.item {
          open.files = try sources[unit.item].open()
          open.item = unit.item
        }
        try open.files?.targets?.read(unit.rows, into: &buffer.target)
        head.order?.sort(&buffer.target)
        try open.files?.hidden.read(unit.rows, into: &buffer.hidden)
        guard unit.rows.upperBound == sources[unit.item].rows.upperBound else { return }
        try open.files?.hidden.checkUnchanged()
        try open.files?.targets?.checkUnchanged()
      },
      write: { (unit, buffer) throws(ScoringError) in try writer.write(unit, buffer.results) })
    try pipeline.run { (unit, buffer) throws(ScoringError) in
      buffer.results.tally = Tally()
      let path = sources[unit.item].item.hidden
      try score(
        RowBatch(path: path, rows: unit.rows, hidden: buffer.hidden, target: buffer.target), &buffer.results)
      done += unit.rows.count
      tally.add(buffer.results.tally)
      try progress(JobProgress(rowsDone: done, rowsTotal: rowCount, tally: tally))
    }
  }
}
