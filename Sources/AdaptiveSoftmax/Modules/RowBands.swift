/// Rows grouped by band, in row order within each: one counting sort.
struct RowBands {
  /// The rows that have a band, first those of band 0.
  let order: UnsafeBufferPointer<Int>
  private let ends: UnsafeMutablePointer<Int>

  /// Groups rows `0 ..< count` by what `bandOf` says; rows it gives nil for are left out.
  init(_ count: Int, bands: Int, _ scratch: CallScratch, bandOf: (Int) -> Int?) throws(SoftmaxError) {
    let band = try scratch.take(Int.self, count)
    let ends = try scratch.take(Int.self, bands + 1)
    let order = try scratch.take(Int.self, count)
    ends.update(repeating: 0, count: bands + 1)
    for row in 0..<count {
      band[row] = bandOf(row) ?? -1
      if band[row] >= 0 { ends[band[row] + 1] += 1 }
    }
    for band in 0..<bands { ends[band + 1] += ends[band] }
    let total = ends[bands]
    for row in 0..<count where band[row] >= 0 {
      order[ends[band[row]]] = row
      ends[band[row]] += 1
    }
    self.order = UnsafeBufferPointer(start: order, count: total)
    self.ends = ends
  }

  /// Where in `order` the rows of a band are.
  subscript(band: Int) -> Range<Int> { (band == 0 ? 0 : ends[band - 1])..<ends[band] }
}
