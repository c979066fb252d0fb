/// Random numbers that are the same for a seed on every platform and in every version of this package.
///
/// SplitMix64 (Steele, Lea and Flood 2014): the state grows by 0x9E3779B97F4A7C15 a step and is mixed into 64 bits; the
/// period is 2^64. Not for secrets.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The stream of a seed.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension RandomNumberGenerator {
  /// A multiple of 2^-bits in 0 ..< 1, from the upper bits of one draw.
  mutating func uniform(bits: Int) -> Double {
    Double(next() >> UInt64(64 - bits)) * Double(sign: .plus, exponent: -bits, significand: 1)
  }

  /// Two independent normal numbers by Marsaglia's polar method.
  ///
  /// Only correctly rounded operations are used, so the results are the same on every platform.
  mutating func normalPair() -> (Double, Double) {
    while true {
      let u = 2 * uniform(bits: 53) - 1
      let v = 2 * uniform(bits: 53) - 1
      let s = u * u + v * v
      if s < 1, s > 0 {
        let factor = (-2 * portableLog(s) / s).squareRoot()
        return (u * factor, v * factor)
      }
    }
  }

  /// A number in 0 ..< bound, each equally likely (Lemire's multiplication with rejection).
  mutating func below(_ bound: UInt64) -> UInt64 {
    var (high, low) = next().multipliedFullWidth(by: bound)
    let threshold = (0 &- bound) % bound
    while low < threshold { (high, low) = next().multipliedFullWidth(by: bound) }
    return high
  }
}

/// The natural logarithm of a positive, normal number, within a few ULP: log(m 2^e) = e log 2 + 2 artanh((m - 1) / (m + 1)).
private func portableLog(_ x: Double) -> Double {
  var exponent = Double(x.exponent)
  var m = x.significand
  if m > 1.414_213_562_373_095_1 {
    m /= 2
    exponent += 1
  }
  let s = (m - 1) / (m + 1)
  let z = s * s
  var sum = 0.0
  for k in stride(from: 23, through: 1, by: -2) { sum = sum * z + 1 / Double(k) }
  return exponent * 0.693_147_180_559_945_3 + 2 * s * sum
}
