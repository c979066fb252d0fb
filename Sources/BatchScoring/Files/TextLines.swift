/// The lines of a text without their ends, \n or \r\n, and without a byte order mark before the first; an end after the
/// last line begins no other.
///
/// They are found one after the other: no list of them is held.
struct TextLines: Sequence, IteratorProtocol {
  /// What is still to come.
  private var text: ArraySlice<UInt8>

  init(_ contents: [UInt8]) {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    text = contents.starts(with: mark) ? contents[mark.count...] : contents[...]
  }

  /// How many lines are still to come.
  ///
  /// - Complexity: O(bytes).
  var count: Int {
    guard let last = text.last else { return 0 }
    return text.count(where: { $0 == Self.end }) + (last == Self.end ? 0 : 1)
  }

  /// Whether the text begins so.
  func starts(with bytes: [UInt8]) -> Bool { text.starts(with: bytes) }

  mutating func next() -> ArraySlice<UInt8>? {
    guard !text.isEmpty else { return nil }
    let end = text.firstIndex(of: Self.end)
    let line = text[..<(end ?? text.endIndex)]
    text = end.map { text[($0 + 1)...] } ?? []
    return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
  }

  private static let end = UInt8(ascii: "\n")
}
