internal import AdaptiveSoftmax
internal import TensorFiles

/// The targets of a job: a [rows] array of class ids, read a batch at a time.
struct TargetRows: Sendable {
  private let reader: NPYReader

  var path: String { reader.path }

  /// Opens the array and checks its type, rank and number of rows.
  init(path: String, matching hidden: HiddenRows) throws(ScoringError) {
    reader = try fromFile { () throws(FileError) in try NPYReader(path: path) }
    guard reader.elementType.isInteger, reader.elementType != .bool else {
      throw ScoringError(
        .data, "\(path): expected targets as integers, found \(reader.elementType.name); convert them to int64")
    }
    guard reader.shape.count == 1 else {
      throw ScoringError(.data, "\(path): expected targets of shape [rows], found \(reader.shape); flatten the array")
    }
    guard reader.rowCount == hidden.count else {
      throw ScoringError(
        .data,
        "\(path): expected \(hidden.count) targets, one for each row of \(hidden.path), found \(reader.rowCount); "
          + "give the two files of one run")
    }
  }

  /// Reads through all targets and checks their range, before any other work is done.
  func check(classes: Int, ignoreIndex: Int64?) throws(ScoringError) {
    var batch = Tensor<Int64>([])
    for rows in RowBatches(0..<reader.rowCount, size: 1 << 18) {
      try read(rows, into: &batch)
      let wrong = batch.withUnsafeBufferPointer { targets in
        targets.indices.first { !(0..<Int64(classes)).contains(targets[$0]) && targets[$0] != ignoreIndex }
          .map { (row: rows.lowerBound + $0, target: targets[$0]) }
      }
      guard let wrong else { continue }
      throw ScoringError(
        .data,
        "\(path): row \(wrong.row): expected a class in [0, \(classes - 1)], found \(wrong.target); "
          + "correct it, or name it as the index to ignore")
    }
  }

  /// Reads the targets of some rows.
  func read(_ rows: Range<Int>, into batch: inout Tensor<Int64>) throws(ScoringError) {
    try fromFile { () throws(FileError) in try reader.read(rows: rows, into: &batch) }
  }
}
