internal import TensorFiles

extension TextFile {
  /// The lines of a file, or of standard input for `-`; see `lines(in:)`.
  ///
  /// - Throws: `ScoringError` (`missingInput`).
  static func lines(of path: String) throws(ScoringError) -> [ArraySlice<UInt8>] { lines(in: try contents(of: path)) }

  /// The lines of a text without their ends, \n or \r\n, and without a byte order mark before the first; an end after the
  /// last line begins no other.
  static func lines(in text: [UInt8]) -> [ArraySlice<UInt8>] {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let lines = (text.starts(with: mark) ? text[mark.count...] : text[...])
      .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return (lines.last?.isEmpty == true ? lines.dropLast() : lines[...])
      .map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
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
