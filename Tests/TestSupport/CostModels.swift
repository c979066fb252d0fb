public import AdaptiveSoftmax

/// Cost models that are the same on every machine.
public enum CostModels {
  /// A machine of simple habits: a pass costs 2 µs, 0.1 ns for each weight it reads, 5 ps for each product and 50 ps for
  /// each exponential; a call 1 µs and 50 ns for each of its rows.
  public static func simple() throws -> LinearCostModel {
    var samples = grid(rows: [1, 16, 256], classes: [32, 1024, 8192], depths: [1, 16, 256, 1024]) {
      rows, classes, depth in
      2e-6 + 1e-10 * classes * depth + 5e-12 * rows * classes * depth + 5e-11 * rows * classes
    }
    for rows in [1, 4096] {
      samples.append(.init(rows: rows, classes: 0, depth: 0, seconds: 1e-6 + 5e-8 * Double(rows)))
    }
    return try LinearCostModel(fitting: samples)
  }

  /// A machine of no habits at all: times that rise, each by another factor.
  public static func uneven(seed: UInt64) throws -> LinearCostModel {
    var generator = SeededGenerator(seed: seed)
    return try LinearCostModel(
      fitting: grid(rows: [1, 3, 7, 20], classes: [32, 64, 96], depths: [1, 2, 5, 16]) { rows, classes, depth in
        let factor = 1 + Double(generator.next() % 1000) / 250
        return 1e-6 * factor * (1 + rows.squareRoot()) * (5 + classes / 8) * (3 + depth)
      })
  }

  private static func grid(
    rows: [Int], classes: [Int], depths: [Int], _ seconds: (Double, Double, Double) -> Double
  ) -> [LinearCostModel.Sample] {
    rows.flatMap { row in
      classes.flatMap { count in
        depths.map { depth in
          .init(rows: row, classes: count, depth: depth, seconds: seconds(Double(row), Double(count), Double(depth)))
        }
      }
    }
  }
}
