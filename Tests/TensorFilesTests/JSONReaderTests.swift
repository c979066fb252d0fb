import Testing

@testable import TensorFiles

struct JSONReaderTests {
  @Test func limitsKeys() throws {
    let text = Array(#"{"a":0,"b":1,"c":2}"#.utf8)
    for (limit, isAccepted) in [(3, true), (2, false)] {
      let error = fileError {
        try text.withUnsafeBytes { bytes in
          var reader = JSONReader(bytes, path: "x", mostKeys: limit)
          try reader.skipValue()
          try reader.expectEnd()
        }
      }
      let refusal = FileError(.unsupported, path: "x", "header: expected at most 2 keys in an object, found more")
      #expect(error == (isAccepted ? nil : refusal))
    }
  }

  @Test(arguments: ["0", "7", "18446744073709551615", "null", "true", "false", "[]", "{}", "[1, [2]]", "\"a\\u00e9\""])
  func skipsValues(text: String) throws {
    try Array(text.utf8).withUnsafeBytes { bytes in
      var reader = JSONReader(bytes, path: "x")
      try reader.skipValue()
      try reader.expectEnd()
    }
  }
}
