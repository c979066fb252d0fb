internal import AdaptiveSoftmax
internal import TensorFiles

/// The hidden states of a job: a [rows, features] array of floats, read a batch at a time.
struct HiddenRows: Sendable {
  private let reader: NPYReader

  var path: String { reader.path }
  var count: Int { reader.rowCount }
  var features: Int { reader.rowElements }
  /// What is odd about the file and does no harm; nil for nothing.
  var notice: String? { reader.trailingNotice }

  /// Opens the array and checks its type and rank; dtype `V2` is read as bfloat16 when `type` says so.
  init(path: String, type: ElementType? = nil) throws(ScoringError) {
    reader = try naming(types: "hidden states as float16, float32 or float64") { () throws(FileError) in
      try NPYReader(path: path, elementTypeOverride: type)
    }
    guard reader.elementType.isFloat else {
      throw ScoringError(
        .data,
        "\(path): expected hidden states as floats, found \(reader.elementType.name); "
          + "give their file, or convert them to float32")
    }
    guard reader.shape.count == 2 else {
      throw ScoringError(
        .data, "\(path): expected hidden states of shape [rows, features], found \(reader.shape); reshape the array")
    }
  }

  /// Checks that the rows are as wide as the head takes them.
  func check(features expected: Int, of head: String) throws(ScoringError) {
    guard features == expected else {
      throw ScoringError(
        .data,
        "\(path): expected \(expected) features as \(head) takes them, found \(features); "
          + "use the head that these states were made for")
    }
  }

  /// Reads rows as Float, [rows.count, features].
  ///
  /// - Throws: `ScoringError` (`data` when a row is not finite, or the file was cut off meanwhile; `inputOutput`).
  func read(_ rows: Range<Int>, into batch: inout Tensor<Float>) throws(ScoringError) {
    try fromFile { () throws(FileError) in try reader.read(rows: rows, into: &batch) }
    guard let index = batch.firstNonFinite else { return }
    let (row, feature) = (rows.lowerBound + index / features, index % features)
    var exact = Tensor<Double>([])
    try fromFile { () throws(FileError) in try reader.read(rows: row..<(row + 1), into: &exact) }
    let number = exact.scalars[feature]
    throw ScoringError(
      .data,
      number.isFinite
        ? "\(path): row \(row): expected numbers that float32 can hold, found \(number) at feature \(feature); "
          + "scale the rows or leave this one out"
        : "\(path): row \(row): not finite: expected finite numbers, found \(number) at feature \(feature); "
          + "repair the row or leave it out")
  }

  /// The time of the file's last change when it was opened, in nanoseconds since 1970.
  var modified: Int { reader.file.modified }

  /// - Throws: `ScoringError` (`data` when the file changed since it was opened).
  func checkUnchanged() throws(ScoringError) {
    try fromFile { () throws(FileError) in try reader.file.checkUnchanged() }
  }

  /// The error for a row whose numbers are finite and whose logits are not.
  static func overflow(_ path: String, row: Int) -> ScoringError {
    ScoringError(
      .data, "\(path): row \(row): expected logits that float32 can hold, found an overflow; scale the row or the head")
  }
}

extension Tensor<Float> {
  /// The row-major index of the first scalar that is NaN or infinite.
  var firstNonFinite: Int? {
    withUnsafeBufferPointer { scalars in
      var index = 0
      while index < scalars.count {
        let end = Swift.min(index + 4096, scalars.count)
        var exponents: UInt32 = 0
        for i in index..<end {
          exponents = Swift.max(exponents, scalars[i].bitPattern & 0x7F80_0000)
        }
        if exponents == 0x7F80_0000 { return (index..<end).first { !scalars[$0].isFinite } }
        index = end
      }
      return nil
    }
  }
}
