import Testing

@testable import BatchScoring

struct ExactSumTests {
  private func sum(_ terms: [Double]) -> ExactSum { terms.reduce(into: ExactSum()) { $0.add($1) } }

  @Test(
    arguments: [
      ([], 0), ([0, -0.0], 0), ([0.1], 0.1), ([-0.1], -0.1), ([1e308, 1, -1e308], 1),
      ([1e308, 1e308, -1e308], 1e308), ([1e308, 1e308], .infinity), ([-1e308, -1e308], -.infinity),
      ([0x1p-1074], 0x1p-1074), ([-0x1p-1074, -0x1p-1074], -0x1p-1073),
      ([0x1p-1022, -0x1p-1074], 0x0.fffffffffffffp-1022),
      ([1, -1], 0), ([0x1p1023, 0x1p-1074, -0x1p1023], 0x1p-1074), ([1, 0x1p-53], 1),
      ([1, 0x1p-53, 0x1p-1074], 1 + 0x1p-52),
      ([1 + 0x1p-52, 0x1p-53], 1 + 0x1p-51), ([-1, -0x1p-53, -0x1p-1074], -1 - 0x1p-52), ([.infinity, 1], .infinity),
      ([-.infinity, 1e308], -.infinity),
    ] as [([Double], Double)])
  func isRoundedOnce(terms: [Double], expected: Double) {
    #expect(sum(terms).value == expected)
    #expect(sum(terms.reversed()).value == expected)
  }

  @Test func infinitiesOfBothSignsAndNaNAreNaN() {
    #expect(sum([.infinity, -.infinity]).value.isNaN)
    #expect(sum([.nan, 1]).value.isNaN)
  }

  /// Integers of 60 bits scaled by a power of two: their sum in Int128 is exact, and its conversion rounds once.
  @Test(arguments: [-1074, -300, 0, 500])
  func randomTermsAddUpExactly(exponent: Int) {
    var generator = SplitMix(state: UInt64(bitPattern: Int64(exponent)))
    let terms = (0..<1000).map { _ in Int64(bitPattern: generator.next()) >> 11 }
    let exact = terms.reduce(0 as Int128) { $0 + Int128($1) }
    let doubles = terms.map { Double(sign: .plus, exponent: exponent, significand: Double($0)) }
    #expect(sum(doubles).value == Double(sign: .plus, exponent: exponent, significand: Double(exact)))
  }

  /// The same state whatever the order and the grouping, over the whole range of Double.
  @Test func orderAndGroupingDoNotMatter() {
    var generator = SplitMix(state: 7)
    let terms = (0..<3000).map { _ in Double(bitPattern: generator.next()) }.filter(\.isFinite)
    let whole = sum(terms)
    #expect(sum(terms.shuffled(using: &generator)) == whole)
    let pieces = stride(from: 0, to: terms.count, by: 37).map { sum(Array(terms[$0..<min($0 + 37, terms.count)])) }
    #expect(pieces.shuffled(using: &generator).reduce(ExactSum()) { $0.adding($1) } == whole)
    #expect(ExactSum(text: whole.text) == whole)
    #expect(sum(terms + terms.map { -$0 }) == ExactSum())
  }

  @Test func numbersOfInfinitiesStayAtTheLargest() throws {
    let words = sum([1]).text.split(separator: ".")
    let full = try #require(
      ExactSum(text: (words.dropLast(3) + Array(repeating: "7fffffffffffffff", count: 3)).joined(separator: ".")))
    var more = full.adding(full)
    for term in [Double.infinity, -.infinity, .nan] { more.add(term) }
    #expect(more.value.isNaN)
    #expect(ExactSum(text: (words.dropLast() + ["8000000000000000"]).joined(separator: ".")) == nil)
    #expect(ExactSum(text: sum([1]).text + ".x") == nil)
  }

  @Test(arguments: ["", "0", "g.0", String(repeating: "0.", count: 36)])
  func otherTextIsRefused(text: String) {
    #expect(ExactSum(text: text) == nil)
  }
}

/// Vigna's SplitMix64.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
