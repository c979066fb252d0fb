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
      .map { $0..<(size < rows.upperBound - $0 ? $0 + size : rows.upperBound) }.makeIterator()
  }
}
