/// A sum that carries along what its additions lose, and its products: near 0 it has about the digits of twice a Double.
struct CarriedSum<Number: CarriedNumber> {
  private(set) var value = Number.zero
  private(set) var lost = Number.zero

  @inline(__always)
  mutating func add(_ x: Number) {
    let next = value + x
    let added = next - value
    lost = lost + ((value - (next - added)) + (x - added))
    value = next
  }

  @inline(__always)
  mutating func add(product a: Number, _ b: Number) {
    let product = a * b
    add(product)
    lost = lost + (-product).addingProduct(a, b)
  }

  /// Adds without carrying what is lost.
  @inline(__always)
  mutating func addPlainly(_ x: Number) { value = value + x }

  /// Adds to what was lost: numbers that are small beside the sum.
  @inline(__always)
  mutating func addSmall(_ x: Number) { lost = lost + x }
}

extension CarriedSum<Double> {
  /// The sum, rounded once; what is lost beside an infinity or at an overflow is no number and does not count.
  var rounded: Double { lost.isFinite ? value + lost : value }
}

/// What sums carry: Doubles, one or eight.
protocol CarriedNumber {
  static var zero: Self { get }
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static prefix func - (a: Self) -> Self
  func addingProduct(_ a: Self, _ b: Self) -> Self
}

extension Double: CarriedNumber {}
extension SIMD8: CarriedNumber where Scalar == Double {}
