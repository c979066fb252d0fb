internal import TensorFiles

extension TextFile {
  /// The lines of a file, or of standard input for `-`.
  ///
  /// - Throws: `ScoringError` (`missingInput`).
  static func lines(of path: String) throws(ScoringError) -> TextLines { TextLines(try contents(of: path)) }

  /// Writes a text; the file appears when it is whole.
  ///
  /// - Throws: `ScoringError` (`outputExists`, `cannotCreate`, `inputOutput`).
  static func write(_ text: String, to path: String, overwrite: Bool) throws(ScoringError) {
    try fromFile { () throws(FileError) in
      var file = try AtomicFile(path: path, overwrite: overwrite)
      try file.append(Array(text.utf8))
      try file.commit()
    }
  }
}
