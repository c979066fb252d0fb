public import AdaptiveSoftmax
import Foundation

/// Seeded inputs, made without the library's own generator.
public enum Inputs {
  public enum Kind: CaseIterable, Sendable {
    /// Standard normal.
    case normal
    /// Normal with deviation 20: most results are tiny.
    case spread
    /// Uniform on 90 ..< 100, where exp(x) overflows a Float and exp(x - max) does not.
    case overflowing
    /// One number everywhere.
    case constant
    /// Normal with every fifth number (never the first) -inf.
    case withNegativeInfinity
    /// -inf everywhere.
    case allNegativeInfinity
    /// Normal with one +inf in the middle.
    case withPositiveInfinity
    /// Normal with one NaN in the middle.
    case withNaN
    /// Denormal Floats of both signs.
    case denormal
    /// 0 and, elsewhere, -104 ... -87, whose exponentials are denormal Floats or zero.
    case denormalResults
    /// Alternating +- a large number.
    case huge
  }

  public static func values(_ kind: Kind, count: Int, seed: UInt64 = 1) -> [Double] {
    var state = seed
    func uniform() -> Double { Double(splitMix64(&state) >> 11) * 0x1p-53 }
    func normal() -> Double {
      let radius = sqrt(-2 * log(1 - uniform()))
      return radius * cos(2 * .pi * uniform())
    }
    return (0..<count).map { i in
      switch kind {
      case .normal: normal()
      case .spread: 20 * normal()
      case .overflowing: 90 + 10 * uniform()
      case .constant: 0.7
      case .withNegativeInfinity: i % 5 == 4 ? -.infinity : normal()
      case .allNegativeInfinity: -.infinity
      case .withPositiveInfinity: i == count / 2 ? .infinity : normal()
      case .withNaN: i == count / 2 ? .nan : normal()
      case .denormal: (uniform() - 0.5) * 0x1p-126
      case .denormalResults: i == 0 ? 0 : -104 + 17 * uniform()
      case .huge: (i % 2 == 0 ? 1 : -1) * (1e4 + uniform())
      }
    }
  }

  /// The values rounded to `Scalar`, in a shape.
  ///
  /// Every slice along the last dimension is drawn on its own, so that each
  /// holds the special numbers of its kind.
  public static func tensor<Scalar: FloatingTensorScalar>(
    _ kind: Kind, _ shape: [Int], seed: UInt64 = 1, as type: Scalar.Type = Scalar.self
  ) -> Tensor<Scalar> {
    let row = shape.last ?? 1
    let rows = shape.dropLast().reduce(1, *)
    let scalars = (0..<rows).flatMap { r in
      values(kind, count: row, seed: seed &+ UInt64(r) &* 0x2545_F491_4F6C_DD1D).map { Scalar(converting: $0) }
    }
    do { return try Tensor(shape: shape, scalars: scalars) } catch { preconditionFailure(error.description) }
  }

  /// Class ids in `0 ..< classes`.
  public static func classes(_ classes: Int, count: Int, seed: UInt64 = 1) -> [Int] {
    var state = seed
    return (0..<count).map { _ in Int(splitMix64(&state) % UInt64(classes)) }
  }

  /// The `splitmix64` recipe of the golden vectors: x = u 2^log2scale - 2^(log2scale - 1), where u has 24 random bits.
  public static func golden(seed: UInt64, count: Int, log2scale: Int) -> [Float] {
    var state = seed
    let scale = Float(sign: .plus, exponent: log2scale, significand: 1)
    return (0..<count).map { _ in Float(splitMix64(&state) >> 40) * 0x1p-24 * scale - scale / 2 }
  }

  private static func splitMix64(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
