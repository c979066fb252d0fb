import Testing

@testable import BatchScoring

struct TextLinesTests {
  @Test(
    arguments: [
      ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\n\n", ["a", ""]), ("a\r\nb\r\n", ["a", "b"]),
      ("\u{FEFF}a\n\u{FEFF}b", ["a", "\u{FEFF}b"]), ("\n\na", ["", "", "a"]), ("a\rb\n\r\n", ["a\rb", ""]),
    ] as [(String, [String])])
  func areFoundOneByOne(text: String, lines: [String]) {
    let found = TextLines(Array(text.utf8))
    #expect(found.map { String(decoding: $0, as: UTF8.self) } == lines)
    #expect(found.count == lines.count)
  }
}
