internal import AdaptiveSoftmax

/// A strict reader of the JSON in safetensors headers: what it does not need it refuses.
///
/// No input overflows its stack, its numbers or its memory.
struct JSONReader {
  private let bytes: UnsafeRawBufferPointer
  private let path: String
  private let mostKeys: Int
  private(set) var position = 0
  /// The key of the header's value that is being read; errors begin with it.
  var subject: String?

  /// Values that nobody reads may be nested this deeply.
  private static let deepest = 8

  /// A reader of objects with at most `mostKeys` keys: by default a million tensors and the metadata.
  init(_ bytes: UnsafeRawBufferPointer, path: String, mostKeys: Int = 1_000_001) {
    self.mostKeys = mostKeys
    self.bytes = bytes
    self.path = path
  }

  func error(_ expected: String, _ found: String, _ code: FileError.Code = .malformed) -> FileError {
    let subject = subject.map { $0 == "__metadata__" ? $0 : "tensor \($0.quoted)" } ?? "header"
    return FileError(code, path: path, "\(subject): expected \(expected), found \(found)")
  }

  /// What stands at the position, for errors.
  var rest: String {
    guard position < bytes.count else { return "the end of the header" }
    return String(decoding: bytes[position..<min(position + 16, bytes.count)], as: UTF8.self).quoted
      + " at byte \(position)"
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func expect(_ character: Unicode.Scalar, _ purpose: @autoclosure () -> String) throws(FileError) {
    guard skip(character) else { throw error("'\(character)' \(purpose())", rest) }
  }

  mutating func expectEnd() throws(FileError) {
    skipSpace()
    guard position == bytes.count else { throw error("nothing but spaces after the closing brace", rest) }
  }

  mutating func skip(word: StaticString) -> Bool {
    skipSpace()
    let length = word.utf8CodeUnitCount
    guard bytes.count - position >= length,
      bytes[position..<(position + length)].elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: length))
    else { return false }
    position += length
    return true
  }

  // MARK: - Structure

  /// Reads an object, calling `member` at each value with its key; refuses a key that comes twice, see `NameSet`.
  mutating func object(
    of purpose: String, _ member: (inout JSONReader, String) throws(FileError) -> Void
  ) throws(FileError) {
    try expect("{", "to open \(purpose)")
    var keys = NameSet()
    if skip("}") { return }
    repeat {
      let key = try string("a key in double quotes")
      guard keys.count < mostKeys else {
        throw error("at most \(mostKeys) keys in \(purpose)", "more", .unsupported)
      }
      // Before it is compared: what Swift does to compare accents takes the square of their number.
      guard key.utf8.count <= JSONHeader.longestName else {
        throw error(
          "a name of at most \(JSONHeader.longestName) bytes", "\(key.quoted) of \(key.utf8.count)", .unsupported)
      }
      if let found = keys.insert(key) { throw error("each key once", found) }
      try expect(":", "after the key \(key.quoted)")
      try member(&self, key)
    } while skip(",")
    try expect("}", "to close \(purpose)")
  }

  /// Reads an array, calling `element` at each value.
  mutating func array(
    of purpose: String, _ element: (inout JSONReader) throws(FileError) -> Void
  ) throws(FileError) {
    try expect("[", "to open \(purpose)")
    if skip("]") { return }
    repeat { try element(&self) } while skip(",")
    try expect("]", "to close \(purpose)")
  }

  /// Reads past a value that has no meaning here.
  mutating func skipValue(depth: Int = 0) throws(FileError) {
    guard depth < Self.deepest else { throw error("values nested at most \(Self.deepest) deep", rest) }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"):
      try object(of: "an object") { (reader, _) throws(FileError) in try reader.skipValue(depth: depth + 1) }
    case UInt8(ascii: "["):
      try array(of: "an array") { (reader) throws(FileError) in try reader.skipValue(depth: depth + 1) }
    case UInt8(ascii: "\""): _ = try string("a string")
    default:
      if skip(word: "null") || skip(word: "true") || skip(word: "false") { return }
      try skipNumber()
    }
  }

  private mutating func wrongNumber(at start: Int) -> FileError {
    position = start
    return error("a value", rest)
  }

  /// Reads past any of JSON's numbers.
  private mutating func skipNumber() throws(FileError) {
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { 0x30...0x39 ~= $0 } ?? false }
    let start = position
    func digits(_ reader: inout JSONReader) throws(FileError) {
      guard isDigit(reader.next) else { throw reader.wrongNumber(at: start) }
      while isDigit(reader.next) { reader.position += 1 }
    }
    if next == UInt8(ascii: "-") { position += 1 }
    let (isZero, first) = (next == UInt8(ascii: "0"), position)
    try digits(&self)
    guard !isZero || position == first + 1 else { throw wrongNumber(at: start) }
    if next == UInt8(ascii: ".") {
      position += 1
      try digits(&self)
    }
    guard next == UInt8(ascii: "e") || next == UInt8(ascii: "E") else { return }
    position += 1
    if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
    try digits(&self)
  }

  // MARK: - Scalars

  /// Reads an unsigned integer: digits alone, no sign, fraction, exponent or leading zero.
  mutating func unsigned(_ purpose: String) throws(FileError) -> UInt64 {
    skipSpace()
    let start = position
    var value: UInt64 = 0
    var fits = true
    while let byte = next, 0x30...0x39 ~= byte {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(UInt64(byte - 0x30))
      fits = fits && !overflow && !carry
      value = sum
      position += 1
    }
    let isPadded = position > start + 1 && bytes[start] == 0x30
    let continues = next.map { ".eE+-".utf8.contains($0) } ?? false
    guard position > start, fits, !isPadded, !continues else {
      position = start
      throw error("\(purpose), an unsigned integer below 2^64", rest)
    }
    return value
  }

  /// Reads a string: valid UTF-8, no bare control characters, surrogates only in pairs.
  mutating func string(_ purpose: @autoclosure () -> String) throws(FileError) -> String {
    skipSpace()
    guard next == UInt8(ascii: "\"") else { throw error(purpose(), rest) }
    position += 1
    let start = position
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
    var unescaped = Array(bytes[start..<position])
    while next != UInt8(ascii: "\"") {
      guard let byte = next, byte >= 0x20 else { throw error("a string without control characters", rest) }
      position += 1
      if byte == UInt8(ascii: "\\") {
        unescaped.append(contentsOf: String(try escaped()).utf8)
      } else {
        unescaped.append(byte)
      }
    }
    position += 1
    guard let string = String(validating: unescaped, as: UTF8.self) else {
      throw error("strings in UTF-8", "invalid bytes at byte \(start)")
    }
    return string
  }

  /// Reads what follows a backslash.
  private mutating func escaped() throws(FileError) -> Unicode.Scalar {
    defer { position += 1 }
    switch next {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: throw error("an escape that JSON has", rest)
    }
    let high = try codeUnit()
    if let scalar = Unicode.Scalar(high) { return scalar }
    guard high < 0xDC00, bytes.count - position > 2, bytes[position + 1] == UInt8(ascii: "\\"),
      bytes[position + 2] == UInt8(ascii: "u")
    else { throw error("surrogates in pairs", "'\\u\(String(high, radix: 16))' alone") }
    position += 2
    let low = try codeUnit()
    guard 0xDC00...0xDFFF ~= low, let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)) else {
      throw error("surrogates in pairs", "'\\u\(String(high, radix: 16))' alone")
    }
    return scalar
  }

  /// Reads the four digits after a `u`, at which the position stands, and leaves it at the last of them.
  private mutating func codeUnit() throws(FileError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      position += 1
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("four hexadecimal digits after \\u", rest)
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}
