internal import AdaptiveSoftmax

/// A range of rows cut into batches of one size, the last one shorter.
struct RowBatches: Sequence {
  private let rows: Range<Int>
  private let size: Int

  init(_ rows: Range<Int>, size: Int) {
    self.rows = rows
    self.size = size
  }

  func makeIterator() -> some IteratorProtocol<Range<Int>> {
    stride(from: rows.lowerBound, to: rows.upperBound, by: size).lazy
      .map { $0..<Swift.min($0 + size, rows.upperBound) }.makeIterator()
  }
}

/// Brings the hidden states of a job batch by batch into one reused tensor: the place where reading ahead belongs.
struct BatchPipeline {
  let source: HiddenRows
  let rows: Range<Int>
  let size: Int

  /// Calls `body` with each batch in order, and `progress` before the first and after each; `body` adds its losses.
  func run(
    progress: ProgressCallback, _ body: (Range<Int>, Tensor<Float>, inout JobProgress) throws(ScoringError) -> Void
  ) throws(ScoringError) -> JobProgress {
    var state = JobProgress(rowsDone: 0, rowsTotal: rows.count)
    try progress(state)
    var batch = Tensor<Float>([])
    for range in RowBatches(rows, size: size) {
      try source.read(range, into: &batch)
      try body(range, batch, &state)
      state.rowsDone += range.count
      try progress(state)
    }
    return state
  }
}
