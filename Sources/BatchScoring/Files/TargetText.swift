internal import AdaptiveSoftmax
internal import TensorFiles

/// Class ids in a text: a row a line, columns between tabs (in .csv, commas).
enum TargetText {
  /// What the names of such files end in, in either case.
  static let extensions = [".txt", ".tsv", ".csv"]

  /// Whether a file of this name is read as text.
  static func names(_ path: String) -> Bool { extensions.contains(where: path.lowercased().hasSuffix) }

  /// One column of the lines; the text and 8 bytes for each of its lines are held in memory.
  ///
  /// - Parameter column: from 1; nil for lines of one column.
  /// - Throws: `ScoringError` (`missingInput`; `data`: a line without such a column, or with something else than an integer).
  static func ids(path: String, column: Int?) throws(ScoringError) -> [Int64] {
    let separator = UInt8(ascii: path.lowercased().hasSuffix(".csv") ? "," : "\t")
    let lines = try TextFile.lines(of: path)
    var ids: [Int64] = []
    ids.reserveCapacity(lines.count)
    for (number, line) in lines.enumerated() {
      let fields = line.split(separator: separator, omittingEmptySubsequences: false)
      guard column != nil || fields.count == 1 else {
        throw ScoringError(
          .data,
          "\(path): line \(number + 1): expected a class id alone, found \(fields.count) columns; "
            + "choose one of them (--target-column)")
      }
      let place = column ?? 1
      guard place <= fields.count else {
        throw ScoringError(
          .data,
          "\(path): line \(number + 1): expected at least \(place) columns, found \(fields.count); "
            + "choose another (--target-column)")
      }
      let field = String(decoding: fields[place - 1], as: UTF8.self)
      guard let id = Int64(field) else {
        let found = field.isEmpty ? "nothing" : "\"\(field.shortened)\""
        throw ScoringError(
          .data, "\(path): line \(number + 1): expected a class id, found \(found); write a whole number on each line")
      }
      ids.append(id)
    }
    return ids
  }
}
