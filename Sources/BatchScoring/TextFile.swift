internal import TensorFiles

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A text that is read or written whole.
enum TextFile {
  /// The bytes of the file; `-` is standard input.
  ///
  /// - Throws: `ScoringError` (`missingInput`).
  static func contents(of path: String) throws(ScoringError) -> [UInt8] {
    guard let file = fopen(path == "-" ? "/dev/stdin" : path, "rb") else {
      throw ScoringError(.missingInput, "\(path): cannot be opened: \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var contents: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&block, 1, block.count, file)
      contents += block[..<count]
      if count < block.count { break }
    }
    guard ferror(file) == 0 else {
      throw ScoringError(.missingInput, "\(path): cannot be read: \(String(cString: strerror(errno)))")
    }
    return contents
  }

  /// The lines, without their ends; an end after the last line begins no other.
  static func lines(of path: String) throws(ScoringError) -> [ArraySlice<UInt8>] {
    var lines = try contents(of: path).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
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
