#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Files that are read whole.
enum TextFile {
  /// The bytes of a file, or of standard input for `-`.
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
}
