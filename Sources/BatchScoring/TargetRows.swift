internal import AdaptiveSoftmax
internal import TensorFiles

/// The targets of a job, a class id for each row: a [rows] array or a column of one, read a batch at a time, or of a text.
struct TargetRows: Sendable {
  private enum Source: Sendable {
    case array(NPYReader, column: Int?)
    case text([Int64])
  }

  let path: String
  /// What is odd about the file and does no harm; nil for nothing.
  var notice: String? {
    if case .array(let reader, _) = source { reader.trailingNotice } else { nil }
  }
  private let source: Source
  private let count: Int

  /// Opens the file and checks its type, rank and number of rows.
  ///
  /// - Parameter column: which column is the targets', from 1; nil for a file of targets alone.
  init(path: String, column: Int? = nil, matching hidden: HiddenRows) throws(ScoringError) {
    self.path = path
    if TargetText.names(path) {
      let ids = try TargetText.ids(path: path, column: column)
      (source, count) = (.text(ids), ids.count)
    } else {
      let reader = try Self.array(path, column: column)
      (source, count) = (.array(reader, column: column), reader.rowCount)
    }
    guard count == hidden.count else {
      throw ScoringError(
        .data,
        "\(path): expected \(hidden.count) targets, one for each row of \(hidden.path), found \(count); "
          + "give the two files of one run")
    }
  }

  private static func array(_ path: String, column: Int?) throws(ScoringError) -> NPYReader {
    let reader = try fromFile { () throws(FileError) in try NPYReader(path: path) }
    guard reader.elementType.isInteger, reader.elementType != .bool else {
      throw ScoringError(
        .data, "\(path): expected targets as integers, found \(reader.elementType.name); convert them to int64")
    }
    if let column {
      guard reader.shape.count == 2, column <= reader.shape[1] else {
        throw ScoringError(
          .data,
          "\(path): expected targets of shape [rows, \(column) or more], found \(reader.shape); "
            + "choose another column (--target-column)")
      }
    } else if reader.shape.count != 1 {
      throw ScoringError(
        .data,
        "\(path): expected targets of shape [rows], found \(reader.shape); flatten the array, or choose a column of it "
          + "(--target-column)")
    }
    return reader
  }

  /// Reads through all targets and checks their range, before any other work is done.
  ///
  /// - Parameter canIgnore: whether the job has an index to ignore, which the error then names as a mend.
  func check(classes: Int, ignoreIndex: Int64?, canIgnore: Bool = true) throws(ScoringError) {
    var batch = Tensor<Int64>([])
    for rows in RowBatches(0..<count, size: 1 << 18) {
      try read(rows, into: &batch)
      let wrong = batch.withUnsafeBufferPointer { targets in
        targets.indices.first { !(0..<Int64(classes)).contains(targets[$0]) && targets[$0] != ignoreIndex }
          .map { (row: rows.lowerBound + $0, target: targets[$0]) }
      }
      guard let wrong else { continue }
      throw ScoringError(
        .data,
        "\(path): row \(wrong.row): expected a class in [0, \(classes - 1)], found \(wrong.target); "
          + "correct it\(canIgnore ? ", or name it as the index to ignore (--ignore-index)" : " or leave the row out")")
    }
  }

  /// Reads the targets of some rows.
  func read(_ rows: Range<Int>, into batch: inout Tensor<Int64>) throws(ScoringError) {
    switch source {
    case .text(let ids): batch = Tensor(Array(ids[rows]))
    case .array(let reader, nil): try fromFile { () throws(FileError) in try reader.read(rows: rows, into: &batch) }
    case .array(let reader, let column?): batch = Tensor(try Self.ids(rows, of: reader, column: column))
    }
  }

  /// - Throws: `ScoringError` (`data` when an array changed since it was opened; a text is in memory).
  func checkUnchanged() throws(ScoringError) {
    guard case .array(let reader, _) = source else { return }
    try fromFile { () throws(FileError) in try reader.file.checkUnchanged() }
  }

  /// One column of some rows, few of them at a time: there may be many more columns.
  private static func ids(_ rows: Range<Int>, of reader: NPYReader, column: Int) throws(ScoringError) -> [Int64] {
    let columns = reader.shape[1]
    var ids: [Int64] = []
    ids.reserveCapacity(rows.count)
    var block = Tensor<Int64>([])
    for part in RowBatches(rows, size: max(1, blockBytes / (8 * columns))) {
      try fromFile { () throws(FileError) in try reader.read(rows: part, into: &block) }
      block.withUnsafeBufferPointer { block in
        for i in stride(from: column - 1, to: block.count, by: columns) { ids.append(block[i]) }
      }
    }
    return ids
  }

  private static let blockBytes = 1 << 21
}
