@testable import AdaptiveSoftmax
import Testing

@Suite struct CounterGeneratorTests {
  struct KnownAnswer: Sendable {
    let counter: SIMD4<UInt32>
    let key: SIMD2<UInt32>
    let bits: SIMD4<UInt32>
  }

  // From Random123's kat_vectors, philox4x32 with 10 rounds.
  @Test(arguments: [
    KnownAnswer(
      counter: [0, 0, 0, 0], key: [0, 0], bits: [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
    KnownAnswer(
      counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max),
      bits: [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
    KnownAnswer(
      counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], key: [0xa409_3822, 0x299f_31d0],
      bits: [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
  ])
  func knownAnswers(_ known: KnownAnswer) {
    #expect(CounterGenerator.philox(counter: known.counter, key: known.key) == known.bits)
  }

  @Test func seedRowAndDrawAreTheWholeKey() {
    let generator = CounterGenerator(seed: 0x299f_31d0_a409_3822, firstRow: 0)
    let row = Int(truncatingIfNeeded: 0x85a3_08d3_243f_6a88 as UInt64)
    #expect(
      generator.bits(row: row, draw: 0x0370_7344_1319_8a2e) == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
    let shifted = CounterGenerator(seed: 5, firstRow: 40)
    #expect(shifted.bits(row: 2, draw: 9) == CounterGenerator(seed: 5).bits(row: 42, draw: 9))
    #expect(shifted.bits(row: 2, draw: 9) != shifted.bits(row: 9, draw: 2))
    #expect(shifted.bits(row: 2, draw: 9) != CounterGenerator(seed: 6, firstRow: 40).bits(row: 2, draw: 9))
  }

  @Test func uniformsFillTheirRange() {
    let pairs = (0..<10000).map { CounterGenerator(seed: 3).uniforms(row: $0, draw: 1) }
    let numbers = pairs.flatMap { [$0.0, $0.1] }
    #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 && $0 * 0x1p53 == ($0 * 0x1p53).rounded() })
    for tenth in 0..<10 {
      let count = numbers.count { Int($0 * 10) == tenth }
      #expect(abs(count - 2000) < 250, "tenth \(tenth): \(count) of 20000")
    }
  }
}
