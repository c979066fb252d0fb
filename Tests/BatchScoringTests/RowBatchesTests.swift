import Testing

@testable import BatchScoring

struct RowBatchesTests {
  @Test(
    arguments: [
      (0..<0, 3, []), (0..<3, 3, [0..<3]), (5..<12, 3, [5..<8, 8..<11, 11..<12]), (2..<4, 1, [2..<3, 3..<4]),
      (0..<5, Int.max, [0..<5]),
    ] as [(Range<Int>, Int, [Range<Int>])])
  func cover(_ rows: Range<Int>, _ size: Int, _ expected: [Range<Int>]) {
    #expect(Array(RowBatches(rows, size: size)) == expected)
  }

  @Test func defaultSizesAreBoundedByMemory() {
    let settings = JobSettings()
    #expect(settings.rows(rowBytes: 1 << 20) == 64)
    #expect(settings.rows(rowBytes: 1 << 40) == 1)
    #expect(settings.rows(rowBytes: 0) == 64 << 20)
    #expect(settings.scoringRows(rowBytes: 4) == 4096)
    #expect(JobSettings(batchSize: 7).scoringRows(rowBytes: 1 << 40) == 7)
  }
}
