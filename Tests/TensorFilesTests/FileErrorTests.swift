import Testing

@testable import TensorFiles

struct FileErrorTests {
  @Test func isOneLineWhateverTheNames() {
    let error = FileError(.missing, path: "a\nb\u{1b}[31m.npy", "expected \("x\r\n\t\u{202e}".quoted)")
    #expect(error.description == "a\\nb\\u{1b}[31m.npy: expected 'x\\r\\n\\t\\u{202e}'")
    #expect("\(error)" == error.description && error.path == "a\nb\u{1b}[31m.npy")
  }

  @Test func cutsLongNames() {
    #expect(String(repeating: "n", count: 80).quoted == "'" + String(repeating: "n", count: 80) + "'")
    #expect(String(repeating: "n", count: 81).quoted == "'" + String(repeating: "n", count: 80) + "...'")
  }
}
