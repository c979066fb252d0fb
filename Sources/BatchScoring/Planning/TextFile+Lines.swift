internal import TensorFiles

extension TextFile {
  /// The lines of a file, or of standard input for `-`, without their ends; an end after the last line begins no other.
  ///
  /// - Throws: `ScoringError` (`missingInput`).
  static func lines(of path: String) throws(ScoringError) -> [ArraySlice<UInt8>] {
    let contents = try contents(of: path)
    var lines = contents.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  /// Writes a text; the file appears when it is whole.
  ///
  /// - Throws: `ScoringError` (`outputExists`, `cannotCreate`, `inputOutput`).
  static func write(_ text: String, to path: String, overwrite: Bool) throws(ScoringError) {
    let bytes = Array(text.utf8)
    try fromFile { () throws(FileError) in
      var file = try AtomicFile(path: path, overwrite: overwrite)
      try bytes.withUnsafeBufferPointer { (bytes) throws(FileError) in
        try file.append(UnsafeRawBufferPointer(bytes))
      }
      try file.commit()
    }
  }
}
