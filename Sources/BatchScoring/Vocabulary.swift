#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The words of the classes: class i is line i of a UTF-8 text.
public struct Vocabulary: Sendable {
  private let words: [String]

  /// Reads a text of one word a line.
  ///
  /// - Throws: `ScoringError` (`missingInput`; `data` when there are fewer or more lines than classes).
  public init(path: String, classes: Int) throws(ScoringError) {
    var lines = try Self.contents(of: path).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    guard lines.count == classes else {
      throw ScoringError(
        .data,
        "\(path): expected \(classes) lines, one for each class, found \(lines.count); give the head's own vocabulary")
    }
    words = lines.map { String(decoding: $0, as: UTF8.self) }
  }

  /// The word of a class.
  public subscript(_ index: Int) -> String { words[index] }

  private static func contents(of path: String) throws(ScoringError) -> [UInt8] {
    guard let file = fopen(path, "rb") else {
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
