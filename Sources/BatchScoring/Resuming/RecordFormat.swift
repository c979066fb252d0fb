internal import TensorFiles

/// Lines of text between a title and their checksum, so that damage is told from contents.
///
///     adasoft journal 2
///     ...
///     end 7cc5a187cc3e48ec
struct RecordFormat: Sendable {
  static let journal = RecordFormat(name: "adasoft journal", version: 2)
  static let part = RecordFormat(name: "adasoft part", version: 2)

  /// Why bytes are not a record.
  enum Flaw: Error, Equatable {
    /// They never were one.
    case foreign
    /// They are of another version, by its title.
    case version(String)
    case damaged
  }

  let name: String
  let version: Int

  var title: String { "\(name) \(version)" }

  /// The bytes of a record.
  func bytes(_ lines: [String]) -> [UInt8] {
    let body = Array((([title] + lines).joined(separator: "\n") + "\n").utf8)
    return body + Self.end(of: body)
  }

  /// The lines of a record.
  func lines(of bytes: [UInt8]) throws(Flaw) -> [Substring] {
    let first = String(decoding: bytes.prefix(64).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    guard first.hasPrefix(name + " ") else { throw .foreign }
    guard first == title else { throw .version(first) }
    guard bytes.last == UInt8(ascii: "\n"), let last = bytes.dropLast().lastIndex(of: UInt8(ascii: "\n")) else {
      throw .damaged
    }
    let body = Array(bytes[...last])
    guard bytes[(last + 1)...].elementsEqual(Self.end(of: body)) else { throw .damaged }
    return Array(String(decoding: body, as: UTF8.self).split(separator: "\n").dropFirst())
  }

  private static func end(of body: [UInt8]) -> [UInt8] {
    let digest = body.withUnsafeBytes { XXHash64.digest($0) }
    return Array("end \(String(digest, radix: 16))\n".utf8)
  }
}
