import AdaptiveSoftmax
import Testing

@testable import TensorFiles

struct FileErrorTests {
  @Test func isOneLineWhateverTheNames() {
    let error = FileError(.missing, path: "a\nb\u{1b}[31m.npy", "expected \("x\r\n\t\u{202e}".quoted)")
    #expect(error.description == "a\\nb\\u{1b}[31m.npy: expected 'x\\r\\n\\t\\u{202e}'")
    #expect("\(error)" == error.description && error.path == "a\nb\u{1b}[31m.npy")
  }

  @Test func isOneLineWhateverTheMessage() {
    let error = FileError(.missing, path: "a", "b\nc\u{2028}d\u{2029}e\u{85}f")
    #expect(error.description == "a: b\\nc\\u{2028}d\\u{2029}e\\u{85}f")
    #expect(error.description.onOneLine == error.description)
  }

  @Test func cutsLongNames() {
    #expect(String(repeating: "n", count: 80).quoted == "'" + String(repeating: "n", count: 80) + "'")
    #expect(("e" + String(repeating: "\u{301}", count: 1000)).shortened.unicodeScalars.count == 83)
    #expect(String(repeating: "n", count: 81).quoted == "'" + String(repeating: "n", count: 80) + "...'")
  }
}
