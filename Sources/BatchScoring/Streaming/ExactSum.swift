/// A sum of Doubles without rounding: the same for any order and grouping of its terms.
///
/// A fixed-point number of 2,176 bits holds every finite Double and 2^63 of the largest; it is rounded once, to nearest
/// even, when it is read. Infinities and NaN are counted apart and give what IEEE 754 addition gives.
///
/// Source: Kulisch and Miranker, The arithmetic of the digital computer (1986).
public struct ExactSum: Sendable, Equatable {
  /// Two's complement, the lowest limb first, in units of 2^-1074.
  private var limbs = [UInt64](repeating: 0, count: Self.size)
  private var positiveInfinities = 0
  private var negativeInfinities = 0
  private var nans = 0
  private static let size = 34

  /// The sum of no terms: 0.
  public init() {}

  /// Adds a number: a few nanoseconds.
  public mutating func add(_ number: Double) {
    guard number.isFinite else {
      if number.isNaN {
        nans = nans.addingClamped(1)
      } else if number > 0 {
        positiveInfinities = positiveInfinities.addingClamped(1)
      } else {
        negativeInfinities = negativeInfinities.addingClamped(1)
      }
      return
    }
    guard number != 0 else { return }
    let exponent = max(Int(number.exponentBitPattern), 1) - 1
    let significand = number.significandBitPattern | (number.isNormal ? 1 << 52 : 0)
    let (limb, shift) = (exponent >> 6, UInt64(exponent & 63))
    let low = significand << shift
    let high = shift == 0 ? 0 : significand >> (64 - shift)
    limbs.withUnsafeMutableBufferPointer { limbs in
      if number > 0 {
        Self.add(low, high, at: limb, to: limbs)
      } else {
        Self.subtract(low, high, at: limb, from: limbs)
      }
    }
  }

  /// The sum of the terms of both.
  public func adding(_ other: ExactSum) -> ExactSum {
    var result = self
    var carry: UInt64 = 0
    for i in limbs.indices {
      let (first, over) = limbs[i].addingReportingOverflow(other.limbs[i])
      let (second, again) = first.addingReportingOverflow(carry)
      result.limbs[i] = second
      carry = over || again ? 1 : 0
    }
    result.positiveInfinities = positiveInfinities.addingClamped(other.positiveInfinities)
    result.negativeInfinities = negativeInfinities.addingClamped(other.negativeInfinities)
    result.nans = nans.addingClamped(other.nans)
    return result
  }

  /// The sum, rounded to nearest even; a sum beyond Double is infinite.
  public var value: Double {
    if nans > 0 || (positiveInfinities > 0 && negativeInfinities > 0) { return .nan }
    if positiveInfinities > 0 { return .infinity }
    if negativeInfinities > 0 { return -.infinity }
    let isNegative = limbs[Self.size - 1] >> 63 == 1
    let magnitude = isNegative ? negated : limbs
    guard let top = magnitude.lastIndex(where: { $0 != 0 }) else { return 0 }
    // The 64 leading bits, the lowest of them set when any bit is lost: two roundings become one.
    let shift = UInt64(magnitude[top].leadingZeroBitCount)
    var leading = magnitude[top] << shift
    if top > 0 {
      if shift > 0 { leading |= magnitude[top - 1] >> (64 - shift) }
      if magnitude[top - 1] << shift != 0 || magnitude[..<(top - 1)].contains(where: { $0 != 0 }) { leading |= 1 }
    }
    let exponent = 64 * top - Int(shift) - 1074
    let result =
      exponent < -1074
      ? Double(sign: .plus, exponent: -1074, significand: Double(leading >> shift))
      : Double(sign: .plus, exponent: exponent, significand: Double(leading))
    return isNegative ? -result : result
  }

  private var negated: [UInt64] {
    var result = limbs
    var carry = true
    for i in result.indices {
      (result[i], carry) = (~result[i]).addingReportingOverflow(carry ? 1 : 0)
    }
    return result
  }

  private static func add(_ low: UInt64, _ high: UInt64, at limb: Int, to limbs: UnsafeMutableBufferPointer<UInt64>) {
    var carry: Bool
    (limbs[limb], carry) = limbs[limb].addingReportingOverflow(low)
    var next = limb + 1
    var term = high
    while next < size, term != 0 || carry {
      let (first, over) = limbs[next].addingReportingOverflow(term)
      let (second, again) = first.addingReportingOverflow(carry ? 1 : 0)
      limbs[next] = second
      carry = over || again
      term = 0
      next += 1
    }
  }

  private static func subtract(
    _ low: UInt64, _ high: UInt64, at limb: Int, from limbs: UnsafeMutableBufferPointer<UInt64>
  ) {
    var borrow: Bool
    (limbs[limb], borrow) = limbs[limb].subtractingReportingOverflow(low)
    var next = limb + 1
    var term = high
    while next < size, term != 0 || borrow {
      let (first, under) = limbs[next].subtractingReportingOverflow(term)
      let (second, again) = first.subtractingReportingOverflow(borrow ? 1 : 0)
      limbs[next] = second
      borrow = under || again
      term = 0
      next += 1
    }
  }
}

extension ExactSum {
  /// The state in one word: the limbs in hexadecimal and the numbers of infinities and NaN.
  var text: String {
    (limbs.map { String($0, radix: 16) } + [positiveInfinities, negativeInfinities, nans].map { String($0, radix: 16) })
      .joined(separator: ".")
  }

  /// Reads what `text` wrote.
  init?(text: some StringProtocol) {
    let words = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt64($0, radix: 16) }
    guard words.count == Self.size + 3, !words.contains(nil) else { return nil }
    let counts = words[Self.size...].compactMap { $0.flatMap { Int(exactly: $0) } }
    guard counts.count == 3 else { return nil }
    limbs = words[..<Self.size].compactMap(\.self)
    (positiveInfinities, negativeInfinities, nans) = (counts[0], counts[1], counts[2])
  }
}
