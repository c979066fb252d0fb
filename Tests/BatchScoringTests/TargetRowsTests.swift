import AdaptiveSoftmax
import TensorFiles
import Testing

@testable import BatchScoring

struct TargetRowsTests {
  /// More columns than are read at once; the others may hold anything.
  @Test(arguments: [1, 3, 300_000], [1, 7])
  func oneColumnOfMany(columns: Int, rows: Int) throws {
    let files = try Files(rows: rows)
    let hidden = try HiddenRows(path: files.path("hidden.npy"))
    for column in Set([1, (columns + 1) / 2, columns]) {
      let table = try Tensor<Int8>(shape: [rows, columns]) { output in
        for i in output.indices { output[i] = i % columns == column - 1 ? Int8(i / columns) : -1 }
      }
      try table.save(npy: files.path("table.npy"), overwrite: true)
      let targets = try TargetRows(path: files.path("table.npy"), column: column, matching: hidden)
      try targets.check(classes: rows, ignoreIndex: nil)
      var batch = Tensor<Int64>([])
      for range in [0..<rows, rows - 1..<rows, 0..<0] {
        try targets.read(range, into: &batch)
        #expect(batch.scalars == range.map { Int64($0) })
      }
    }
  }
}
