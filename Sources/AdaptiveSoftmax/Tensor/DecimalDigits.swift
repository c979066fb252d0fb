/// The exact decimal expansion of a finite Double, and its correctly rounded prints: what C calls `%.nf` and `%.ne`,
/// without a locale.
struct DecimalDigits {
  private let isNegative: Bool
  /// The digits of |x|, most significant first, without leading zeros; empty for zero.
  private let digits: [UInt8]
  /// How many of the digits stand before the decimal point; may be negative.
  private let point: Int

  init(_ value: Double) {
    isNegative = value.sign == .minus
    let isNormal = value.isNormal
    let significand = value.significandBitPattern | (isNormal ? 1 << 52 : 0)
    let exponent = (isNormal ? Int(value.exponentBitPattern) : 1) - 1075
    // significand * 2^exponent is an integer, or the integer significand * 5^-exponent over 10^-exponent.
    digits = Self.digits(of: significand, times: exponent < 0 ? 5 : 2, power: abs(exponent))
    point = digits.count + min(exponent, 0)
  }

  private init(isNegative: Bool, digits: [UInt8], point: Int) {
    self.isNegative = isNegative
    self.digits = digits
    self.point = point
  }

  /// As `%.nf`.
  func fixed(_ places: Int) -> String {
    let value = rounded(to: point + places)
    var text = isNegative ? "-" : ""
    for position in min(value.point, 1) - 1..<value.point { text += value.digit(at: position) }
    if places > 0 { text += "." }
    for position in 0..<places { text += value.digit(at: value.point + position) }
    return text
  }

  /// As `%.ne`: one digit before the point, at least two in the exponent.
  func scientific(_ places: Int) -> String {
    let value = rounded(to: 1 + places)
    var text = (isNegative ? "-" : "") + value.digit(at: 0)
    if places > 0 { text += "." }
    for position in 0..<places { text += value.digit(at: 1 + position) }
    let exponent = value.digits.isEmpty ? 0 : value.point - 1
    return text + (exponent < 0 ? "e-" : "e+") + (abs(exponent) < 10 ? "0" : "") + String(abs(exponent))
  }

  /// Digit `position`, counted from the first significant one; 0 outside.
  private func digit(at position: Int) -> String { digits.indices.contains(position) ? String(digits[position]) : "0" }

  /// The nearest number of at most `count` significant digits, a tie to the even one.
  private func rounded(to count: Int) -> DecimalDigits {
    guard count < digits.count else { return self }
    guard count >= 0 else { return DecimalDigits(isNegative: isNegative, digits: [], point: point) }
    var kept = Array(digits[..<count])
    let isTie = digits[count] == 5 && digits[(count + 1)...].allSatisfy { $0 == 0 }
    let roundsUp = isTie ? (kept.last ?? 0) % 2 == 1 : digits[count] >= 5
    guard roundsUp else { return DecimalDigits(isNegative: isNegative, digits: kept, point: point) }
    var i = count - 1
    while i >= 0, kept[i] == 9 {
      kept[i] = 0
      i -= 1
    }
    if i >= 0 {
      kept[i] += 1
      return DecimalDigits(isNegative: isNegative, digits: kept, point: point)
    }
    return DecimalDigits(isNegative: isNegative, digits: [1] + kept, point: point + 1)
  }

  /// The decimal digits of value * base^power.
  private static func digits(of value: UInt64, times base: UInt64, power: Int) -> [UInt8] {
    guard value != 0 else { return [] }
    let limit: UInt64 = 1_000_000_000
    var limbs = [value % limit, value / limit % limit, value / limit / limit]
    let step = base == 5 ? 12 : 28
    var left = power
    while left > 0 {
      var factor: UInt64 = 1
      for _ in 0..<min(step, left) { factor *= base }
      left -= min(step, left)
      var carry: UInt64 = 0
      for i in limbs.indices {
        let product = limbs[i] * factor + carry
        limbs[i] = product % limit
        carry = product / limit
      }
      while carry > 0 {
        limbs.append(carry % limit)
        carry /= limit
      }
    }
    var digits: [UInt8] = []
    for var limb in limbs {
      for _ in 0..<9 {
        digits.append(UInt8(limb % 10))
        limb /= 10
      }
    }
    while digits.last == 0 { digits.removeLast() }
    return digits.reversed()
  }
}
