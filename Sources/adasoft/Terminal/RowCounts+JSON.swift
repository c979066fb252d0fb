internal import BatchScoring

extension RowCounts {
  /// The rows, and those of each file when there are several.
  var json: [(String, JSON)] {
    [("rows", .int(rows))]
      + (files.count > 1
        ? [("files", .array(files.map { .object([("hidden", .string($0.hidden)), ("rows", .int($0.rows))]) }))] : [])
  }
}
