/// Little-endian numbers read one after another from bytes, never beyond their end.
struct ByteCursor {
  private let bytes: [UInt8]
  private(set) var position: Int
  let end: Int

  init(_ bytes: [UInt8], _ range: Range<Int>? = nil) {
    self.bytes = bytes
    position = range?.lowerBound ?? 0
    end = range?.upperBound ?? bytes.count
  }

  var rest: Int { end - position }

  /// The next number; nil when fewer bytes are left.
  mutating func next<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
    let size = Number.bitWidth / 8
    guard size <= rest else { return nil }
    var number: Number = 0
    for i in 0..<size { number |= Number(truncatingIfNeeded: bytes[position + i]) << (8 * i) }
    position += size
    return number
  }

  /// The range of the next `count` bytes; nil when fewer are left.
  mutating func skip(_ count: Int) -> Range<Int>? {
    guard count >= 0, count <= rest else { return nil }
    position += count
    return position - count..<position
  }

  /// The next `count` bytes as text; nil when fewer are left or they are not UTF-8.
  mutating func text(_ count: Int) -> String? {
    guard let range = skip(count) else { return nil }
    return String(validating: bytes[range], as: UTF8.self)
  }
}
