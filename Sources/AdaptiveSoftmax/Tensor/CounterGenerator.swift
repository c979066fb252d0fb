/// Random numbers that are a function of a place: the same for a seed, a row and a draw, whatever was drawn before, in
/// whatever batch, shard or thread, on every platform and in every version of this package.
///
///     try head.sample(hidden.slice(0..<1000), using: CounterGenerator(seed: 1))
///     try head.sample(hidden.slice(1000..<2000), using: CounterGenerator(seed: 1, firstRow: 1000))   // as if in one call
///
/// Philox4x32-10: ten rounds of two 32-bit multiplications over the counter (row, draw) with the seed as key. Not for
/// secrets. Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
public struct CounterGenerator: Sendable, Equatable {
  /// Another seed gives other numbers.
  public let seed: UInt64
  /// The row that the first row of a call stands for.
  public let firstRow: Int

  /// The numbers of a seed, for rows from `firstRow` on.
  public init(seed: UInt64, firstRow: Int = 0) {
    self.seed = seed
    self.firstRow = firstRow
  }

  /// The 128 bits of draw `draw` for row `row` of a call.
  public func bits(row: Int, draw: Int) -> SIMD4<UInt32> {
    let row = UInt64(bitPattern: Int64(firstRow &+ row))
    let draw = UInt64(bitPattern: Int64(draw))
    return Self.philox(
      counter: [
        UInt32(truncatingIfNeeded: row), UInt32(truncatingIfNeeded: row >> 32), UInt32(truncatingIfNeeded: draw),
        UInt32(truncatingIfNeeded: draw >> 32),
      ],
      key: [UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)])
  }

  /// Two independent multiples of 2^-53 in 0 ..< 1.
  func uniforms(row: Int, draw: Int) -> (Double, Double) {
    let bits = bits(row: row, draw: draw)
    func uniform(_ low: UInt32, _ high: UInt32) -> Double {
      Double((UInt64(high) << 32 | UInt64(low)) >> 11) * 0x1p-53
    }
    return (uniform(bits[0], bits[1]), uniform(bits[2], bits[3]))
  }

  static func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (x, key) = (counter, key)
    for _ in 0..<10 {
      let a = x[0].multipliedFullWidth(by: 0xD251_1F53)
      let b = x[2].multipliedFullWidth(by: 0xCD9E_8D57)
      x = [b.high ^ x[1] ^ key[0], b.low, a.high ^ x[3] ^ key[1], a.low]
      key &+= [0x9E37_79B9, 0xBB67_AE85]
    }
    return x
  }
}
