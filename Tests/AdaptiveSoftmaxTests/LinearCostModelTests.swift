import TestSupport
import Testing

@testable import AdaptiveSoftmax

@Suite struct LinearCostModelTests {
  static func sample(_ rows: Int, _ classes: Int, _ depth: Int, _ seconds: Double) -> LinearCostModel.Sample {
    LinearCostModel.Sample(rows: rows, classes: classes, depth: depth, seconds: seconds)
  }

  /// rows + classes + depth seconds at the corners of a box.
  static let box = [1, 10].flatMap { r in
    [32, 64].flatMap { c in [2, 8].map { d in sample(r, c, d, Double(r + c + d)) } }
  }

  @Test func interpolatesAlongEachAxis() throws {
    let model = try LinearCostModel(fitting: Self.box.shuffled())
    #expect(model.seconds(rows: 1, classes: 32, depth: 2) == 35)
    #expect(model.seconds(rows: 5.5, classes: 32, depth: 2) == 39.5)
    #expect(model.seconds(rows: 1, classes: 32, depth: 5) == 38)
    #expect(model.seconds(rows: 10, classes: 64, depth: 8) == 82)
    #expect(model.seconds(rows: 0, classes: 64, depth: 8) == 0)
  }

  @Test func goesOnBeyondTheGrid() throws {
    let model = try LinearCostModel(fitting: Self.box)
    #expect(model.seconds(rows: 30, classes: 32, depth: 2) == 3 * 44)
    #expect(model.seconds(rows: 1, classes: 128, depth: 2) == 35 + 96)
    #expect(model.seconds(rows: 1, classes: 32, depth: 20) == 53)
    #expect(model.seconds(rows: 1, classes: 32, depth: 0) == 33)
  }

  @Test func classesCountInPanels() throws {
    let model = try LinearCostModel(fitting: Self.box)
    #expect(model.seconds(rows: 1, classes: 1, depth: 2) == 35)
    #expect(model.seconds(rows: 1, classes: 33, depth: 2) == 67)
    #expect(model.seconds(rows: 1, classes: 65, depth: 2) == 99)
    #expect(model.seconds(rows: 1, classes: .max, depth: .max).isFinite)
    #expect(model.seconds(rows: .greatestFiniteMagnitude, classes: .min, depth: .min) >= 0)
  }

  @Test func theMedianOfAPointCounts() throws {
    let noise = [900, 0.001].map { Self.sample(10, 64, 8, $0) }
    #expect(try LinearCostModel(fitting: Self.box + noise) == LinearCostModel(fitting: Self.box))
    let even = try LinearCostModel(fitting: Self.box + [Self.sample(10, 64, 8, 84)])
    #expect(even.seconds(rows: 10, classes: 64, depth: 8) == 83)
  }

  @Test func samplesGiveTheSameModel() throws {
    let model = try CostModels.simple()
    let again = try LinearCostModel(fitting: model.samples)
    #expect(again.seconds(rows: 77, classes: 999, depth: 55) == model.seconds(rows: 77, classes: 999, depth: 55))
    #expect(abs(again.rowSeconds - 5e-8) < 1e-15 && abs(again.callSeconds - 1e-6) < 1e-12)
    #expect(try LinearCostModel(fitting: Self.box).samples.allSatisfy { Self.box.contains($0) })
  }

  @Test func callsBesideTheirLayers() throws {
    func model(_ calls: [(Int, Double)]) throws -> LinearCostModel {
      try LinearCostModel(fitting: Self.box + calls.map { Self.sample($0.0, 0, 0, $0.1) })
    }
    #expect(try (model([]).callSeconds, model([]).rowSeconds) == (0, 0))
    #expect(try (model([(4, 2)]).callSeconds, model([(4, 2)]).rowSeconds) == (0, 0.5))
    let line = try model([(1, 3), (1, 99), (1, 2), (11, 23)])
    #expect((line.callSeconds, line.rowSeconds) == (1, 2))
    // A call of one row cannot take less than its row.
    let steep = try model([(1, 1), (11, 101)])
    #expect((steep.callSeconds, steep.rowSeconds) == (0, 1))
  }

  @Test func refusals() {
    expectRefusal(.argument, "expected passes of at least two numbers of rows") { try LinearCostModel(fitting: []) }
    expectRefusal(.argument, "expected a pass of 10 rows, 64 classes, depth 8, found none") {
      try LinearCostModel(fitting: Array(Self.box.dropLast()))
    }
    for wrong in [Self.sample(1, 32, 2, 0), Self.sample(1, 32, 2, .infinity), Self.sample(0, 32, 2, 1)]
      + [Self.sample(1, -1, 2, 1), Self.sample(1, 0, 2, 1), Self.sample(1, 32, 0, 1), Self.sample(1, 0, 0, .nan)]
    {
      expectRefusal(.argument, "expected positive rows, classes, depth and seconds, found \(wrong.rows)") {
        try LinearCostModel(fitting: Self.box + [wrong])
      }
    }
  }

  /// The probe runs passes of any size that it has memory for, and only those.
  @Test func theProbeMeasures() throws {
    let probe = try LinearProbe(rows: 20, hiddenScalars: 400, weightScalars: 4096)
    for (rows, classes, depth) in [(1, 1, 1), (20, 33, 20), (3, 64, 64), (20, 128, 7)] {
      for threads in [1, 2] {
        #expect(try probe.seconds(rows: rows, classes: classes, depth: depth, threads: threads) > 0)
      }
    }
    for (rows, classes, depth) in [(21, 1, 1), (20, 1, 21), (1, 4097, 1), (0, 1, 1), (1, 0, 1), (1, 1, 0)] {
      expectRefusal(.argument, "expected a pass that this probe has memory for, found \(rows) rows") {
        try probe.seconds(rows: rows, classes: classes, depth: depth, threads: 1)
      }
    }
  }
}
