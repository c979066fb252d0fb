/// The upper half of a Float: 8 exponent bits and 8 significant bits (7 stored).
///
/// Storage only; arithmetic is in Float.
public struct BFloat16: Sendable, Hashable {
  /// Sign, 8 bits of exponent, 7 of fraction: the upper half of a Float.
  public var bitPattern: UInt16

  /// The number with these bits.
  public init(bitPattern: UInt16) { self.bitPattern = bitPattern }

  /// Rounds to nearest even; NaN stays NaN.
  public init(_ value: Float) {
    let bits = value.bitPattern
    if value.isNaN {
      bitPattern = UInt16(truncatingIfNeeded: bits >> 16) | 0x40
    } else {
      bitPattern = UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) >> 16)
    }
  }

  /// The same value as a Float, exact.
  public var float: Float { Float(bitPattern: UInt32(bitPattern) << 16) }
}

extension BFloat16: Comparable {
  public static func == (a: BFloat16, b: BFloat16) -> Bool { a.float == b.float }
  public static func < (a: BFloat16, b: BFloat16) -> Bool { a.float < b.float }
  // The protocol's own are !(b < a) and !(a < b), which hold for NaN.
  public static func <= (a: BFloat16, b: BFloat16) -> Bool { a.float <= b.float }
  public static func >= (a: BFloat16, b: BFloat16) -> Bool { a.float >= b.float }
  public func hash(into hasher: inout Hasher) { hasher.combine(float) }
}

extension BFloat16: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral value: Float) { self.init(value) }
  public init(integerLiteral value: Int) { self.init(Float(value)) }
}

extension BFloat16: CustomStringConvertible {
  public var description: String { float.description }
}
