import Foundation
import Testing

/// A member of an object, with all its digits: JSONSerialization drops the last.
func figure(_ name: String, in text: String) throws -> Double {
  let start = try #require(text.firstRange(of: "\"\(name)\": "))
  return try #require(Double(text[start.upperBound...].prefix { !",}".contains($0) }))
}

/// The one object that `--json` prints.
func json(_ text: String) throws -> [String: Any] {
  #expect(text.hasSuffix("}\n") && text.filter { $0 == "\n" }.count == 1)
  return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}
