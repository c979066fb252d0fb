import Testing

@testable import AdaptiveSoftmax

@Suite struct BinomialRowsTests {
  /// The moments that a binomial number has, from tables of n and n^2.
  @Test(arguments: [(1, 0.5), (7, 0.0), (7, 1.0), (12, 0.3), (4096, 1e-7), (4096, 0.001), (4096, 0.06), (4096, 0.99)])
  func momentsAreRight(trials: Int, p: Double) {
    var rows = BinomialRows(trials: trials)
    rows.set(probability: p)
    let table = (0...trials).flatMap { n -> [Double] in [Double(n), Double(n * n), n == 0 ? 1 : 0] }
    let mean = Double(trials) * p
    let first = rows.expectation(of: table, columns: 3, column: 0)
    #expect(abs(first - mean) <= 1e-9 * mean)
    guard mean < 256, p < 1 else { return }
    let second = rows.expectation(of: table, columns: 3, column: 1)
    let expected = mean * (1 - p) + mean * mean
    #expect(abs(second - expected) <= 1e-8 * expected)
    let none = (0..<trials).reduce(1.0) { product, _ in product * (1 - p) }
    #expect(abs(rows.expectation(of: table, columns: 3, column: 2) - none) <= 1e-9)
  }

  /// Many rows are read off the table at their mean, between its entries.
  @Test func manyRowsAreTheirMean() {
    var rows = BinomialRows(trials: 1000)
    rows.set(probability: 0.50025)
    let table = (0...1000).map { Double($0 * 3) }
    #expect(abs(rows.expectation(of: table, columns: 1, column: 0) - 1500.75) < 1e-9)
    rows.set(probability: 1)
    #expect(rows.expectation(of: table, columns: 1, column: 0) == 3000)
  }
}
