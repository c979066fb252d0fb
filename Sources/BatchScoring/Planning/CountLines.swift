/// The lines of a text of class counts: a count, or something, a tab and a count.
struct CountLines {
  /// What a line begins with.
  private enum Key: Equatable {
    /// Decimal digits; nil for those that are no id.
    case id(Int?)
    case word
    /// Nothing: no tab stands in the line.
    case none

    /// A sign or blanks around the digits make an id that is damaged, not a word.
    init(_ field: ArraySlice<UInt8>) {
      if !field.isEmpty, field.allSatisfy(Self.isDigit) {
        self = .id(Int(String(decoding: field, as: UTF8.self)))
        return
      }
      var digits = field.drop(while: Self.isBlank)
      if digits.first == UInt8(ascii: "-") || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
      while let last = digits.last, Self.isBlank(last) { digits = digits.dropLast() }
      self = !digits.isEmpty && digits.allSatisfy(Self.isDigit) ? .id(nil) : .word
    }

    private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0") <= byte && byte <= UInt8(ascii: "9") }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") }
  }

  /// Ids beyond this are refused: such a file holds something else.
  private static let mostClasses = 1 << 26

  private let path: String
  private let lines: TextLines
  private let firstColumn: ClassCounts.FirstColumn?

  /// Reads a file, or standard input for `-`.
  ///
  /// - Throws: `ScoringError` (`missingInput`; `data`: something packed).
  init(path: String, firstColumn: ClassCounts.FirstColumn?) throws(ScoringError) {
    lines = try TextFile.lines(of: path)
    if lines.starts(with: [0x1F, 0x8B]) {
      throw ScoringError(
        .data, "\(path): expected lines of text, found gzip; read it through a pipe: gunzip -c FILE | ... --counts -")
    }
    self.path = path
    self.firstColumn = firstColumn
  }

  /// The count of each class.
  ///
  /// - Throws: `ScoringError` (`data`) at the first line that is wrong.
  func counts() throws(ScoringError) -> [Double] {
    var counts: [Double] = []
    var ids: [Int] = []
    var first: Key?
    counts.reserveCapacity(lines.count)
    for (number, line) in lines.enumerated() {
      let tab = line.lastIndex(of: UInt8(ascii: "\t"))
      counts.append(try count(line, from: tab.map { $0 + 1 } ?? line.startIndex, number))
      let key = tab.map { Key(line[..<$0]) } ?? .none
      let expected = first ?? self.expected(key)
      first = expected
      let found = tab.map { quoted(line[..<$0]) } ?? "a count alone"
      switch (expected, key) {
      case (.id, .id(let id?)) where id < Self.mostClasses: ids.append(id)
      case (.id, .id(let id)):
        throw error(number, "expected class ids below \(Self.mostClasses), found \(id.map(\.description) ?? found)")
      case (.id, _):
        throw error(
          number, "expected a class id and a tab \(reason(expected)), found \(found); correct it\(words)")
      case (.word, .none):
        throw error(number, "expected a word and a tab \(reason(expected)), found \(found); correct it")
      case (.word, .id) where firstColumn == nil:
        throw error(number, "expected a word \(reason(expected)), found the number \(found); correct it\(words)")
      case (.none, .id), (.none, .word):
        throw error(number, "expected a count alone \(reason(expected)), found \(found) before it; correct it")
      case (.word, _), (.none, .none): break
      }
    }
    return ids.isEmpty ? counts : try byID(counts, ids)
  }

  /// What every line should begin with when the first one begins so.
  private func expected(_ first: Key) -> Key {
    switch firstColumn {
    case .ids: .id(nil)
    case .words: .word
    case nil: first
    }
  }

  private func reason(_ expected: Key) -> String { firstColumn == nil ? "as on line 1" : "on every line" }

  /// How a text of words is told from one of ids.
  private var words: String { firstColumn == nil ? ", or name the column: --first-column words" : "" }

  private func count(_ line: ArraySlice<UInt8>, from start: Int, _ number: Int) throws(ScoringError) -> Double {
    guard let count = Double(String(decoding: line[start...], as: UTF8.self)) else {
      throw error(number, "expected a count, or an id or word, a tab and a count, found \(quoted(line))")
    }
    guard count >= 0, count.isFinite else {
      throw error(number, "expected a count that is finite and not negative, found \(count)")
    }
    return count
  }

  private func byID(_ counts: [Double], _ ids: [Int]) throws(ScoringError) -> [Double] {
    let none = -1.0
    var byID = [Double](repeating: none, count: (ids.max() ?? -1) + 1)
    for (i, id) in ids.enumerated() {
      guard byID[id] == none else {
        throw error(i, "expected each id once, found \(id) on line \((ids.firstIndex(of: id) ?? i) + 1) too")
      }
      byID[id] = counts[i]
    }
    for id in byID.indices where byID[id] == none { byID[id] = 0 }
    return byID
  }

  private func error(_ number: Int, _ text: String) -> ScoringError {
    ScoringError(.data, "\(path): line \(number + 1): \(text)")
  }

  /// At most 80 bytes of a line.
  private func quoted(_ bytes: ArraySlice<UInt8>) -> String {
    "'\(String(decoding: bytes.prefix(80), as: UTF8.self).filter { !$0.isNewline })'"
  }
}
