import AdaptiveSoftmax
import TestSupport
import Testing

/// A row's bits do not depend on the batch, its place in it, the threads or the instruction set.
@Suite struct AdaptiveBitsTests {
  static let shapes = [AdaptiveShape.small, AdaptiveShape.all[3], AdaptiveShape.all[7], AdaptiveShape.all[9]]

  struct Results: Equatable {
    var output: [UInt32]
    var logProb: [UInt32]
    var predicted: [Int64]
  }

  private func results(
    _ head: AdaptiveLogSoftmaxWithLoss<Float>, _ x: Tensor<Float>, _ y: Tensor<Int64>, threads: Int = 1
  ) throws -> Results {
    Results(
      output: try head(x, y, threads: threads).output.scalars.map(\.bitPattern),
      logProb: try head.logProb(x, threads: threads).scalars.map(\.bitPattern),
      predicted: try head.predict(x, threads: threads).scalars)
  }

  @Test(arguments: shapes, [2, 3, 7])
  func threads(_ shape: AdaptiveShape, _ threads: Int) throws {
    let head = try shape.head()
    let (x, y) = (shape.input(150), shape.target(150))
    #expect(try results(head, x, y, threads: threads) == results(head, x, y))
    let loss = try head(x, y, threads: threads).loss
    #expect(bitDifference(loss, try head(x, y, threads: 1).loss) == nil)
  }

  @Test(arguments: shapes, Runtime.variants.filter(\.runsHere).map(\.name))
  func variants(_ shape: AdaptiveShape, _ variant: String) throws {
    let (x, y) = (shape.input(150), shape.target(150))
    let scalar = try Runtime.withVariant("scalar") { try results(shape.head(), x, y) }
    #expect(try Runtime.withVariant(variant) { try results(shape.head(), x, y) } == scalar)
  }

  @Test(arguments: shapes, [1, 7, 64])
  func batches(_ shape: AdaptiveShape, _ size: Int) throws {
    let head = try shape.head()
    let (x, y) = (shape.input(150), shape.target(150))
    var joined = Results(output: [], logProb: [], predicted: [])
    for start in stride(from: 0, to: 150, by: size) {
      let rows = start..<min(start + size, 150)
      let part = try results(head, x.slice(rows), y.slice(rows))
      joined.output += part.output
      joined.logProb += part.logProb
      joined.predicted += part.predicted
    }
    #expect(joined == (try results(head, x, y)))
  }

  @Test(arguments: shapes)
  func orders(_ shape: AdaptiveShape) throws {
    let head = try shape.head()
    let (x, y) = (shape.input(150), shape.target(150))
    let straight = try results(head, x, y)
    let order = (0..<150).map { $0 * 77 % 150 }
    let shuffledX = try Tensor<Float>(order.map { try x.row($0).scalars })
    let shuffled = try results(head, shuffledX, Tensor(order.map { y[$0] }))
    for (place, row) in order.enumerated() {
      let n = shape.nClasses
      #expect(shuffled.output[place] == straight.output[row])
      #expect(shuffled.predicted[place] == straight.predicted[row])
      #expect(shuffled.logProb[place * n..<(place + 1) * n] == straight.logProb[row * n..<(row + 1) * n])
    }
  }

  // More rows than one internal batch holds.
  @Test func manyRows() throws {
    let shape = AdaptiveShape.small
    let head = try shape.head()
    let x = shape.input(9001)
    let y = shape.target(9001)
    let (output, _) = try head(x, y)
    let predicted = try head.predict(x)
    let logProb = try head.logProb(x)
    for row in stride(from: 0, to: 9001, by: 500) {
      #expect(bitDifference([output[row]], [try head(x.row(row), Tensor<Int64>(scalar: y[row])).output.item()]) == nil)
      #expect(bitDifference([output[row]], [logProb[row, Int(y[row])]]) == nil)
      #expect(try head.predict(x.row(row)).item() == predicted[row])
    }
  }
}
