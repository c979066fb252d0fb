@testable import AdaptiveSoftmax
import Foundation
import TestSupport
import Testing

struct DecimalDigitsTests {
  /// Ties, carries, denormals and the largest number, then random bit patterns: as the C library prints them.
  @Test func printsAsC() {
    var values: [Double] = [
      0, -0.0, 0.5, 1.5, 2.5, -2.5, 0.00005, 0.00015, 0.03125, 0.00003, 9.99995, 99999.99995, 9.9999499999e-5, 1e22,
      123456789.5, .leastNonzeroMagnitude, .leastNormalMagnitude, -.greatestFiniteMagnitude,
    ]
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<200 { values.append(Double(bitPattern: generator.next())) }
    values += Inputs.values(.spread, count: 200)
    for value in values where value.isFinite {
      let digits = DecimalDigits(value)
      #expect(digits.fixed(0) == String(format: "%.0f", value))
      #expect(digits.fixed(4) == String(format: "%.4f", value))
      #expect(digits.scientific(0) == String(format: "%.0e", value))
      #expect(digits.scientific(4) == String(format: "%.4e", value))
    }
  }
}
