import AdaptiveSoftmax
import TestSupport
import Testing

/// Losses of slices that lie across memory have the bits of those of rows, and rows that do not count are nothing.
@Suite struct LossSlicesTests {
  @Test func acrossMemoryAsRowsFloat() throws { try acrossMemoryAsRows(Float.self) }
  @Test func acrossMemoryAsRowsDouble() throws { try acrossMemoryAsRows(Double.self) }
  @Test func acrossMemoryAsRowsFloat16() throws { try acrossMemoryAsRows(Float16.self) }
  @Test func acrossMemoryAsRowsBFloat16() throws { try acrossMemoryAsRows(BFloat16.self) }

  /// Runs of neighbours that are shorter and longer than what is gathered together, and classes in several pieces.
  private func acrossMemoryAsRows<Scalar: FloatingTensorScalar>(_: Scalar.Type) throws {
    for (batch, classes, inner) in [(3, 37, 5), (2, 2100, 35)] {
      let x = Inputs.tensor(.normal, [batch, classes, inner], seed: 1, as: Scalar.self)
      let p = try softmax(Inputs.tensor(.normal, [batch, classes, inner], seed: 2, as: Scalar.self), dim: 1)
      let weight = Inputs.tensor(.normal, [classes], seed: 3, as: Scalar.self)
      var ids = Inputs.classes(classes, count: batch * inner, seed: 4).map { Int64($0) }
      for i in stride(from: 0, to: ids.count, by: 3) { ids[i] = -100 }
      func asRows(_ tensor: Tensor<Scalar>) throws -> Tensor<Scalar> {
        try tensor.transposed(1, 2).reshaped(to: [batch * inner, classes])
      }
      let (rows, target) = (try asRows(x), Tensor(ids))
      for threads in [1, 3] {
        let found = try [
          crossEntropy(x, p, weight: weight, reduction: .none, labelSmoothing: 0.1, threads: threads),
          crossEntropy(
            x, target.reshaped(to: [batch, inner]), weight: weight, reduction: .none, labelSmoothing: 0.2,
            threads: threads),
        ]
        let expected = try [
          crossEntropy(rows, asRows(p), weight: weight, reduction: .none, labelSmoothing: 0.1, threads: 1),
          crossEntropy(rows, target, weight: weight, reduction: .none, labelSmoothing: 0.2, threads: 1),
        ]
        for i in 0..<2 {
          #expect(bitDifference(found[i].scalars, expected[i].scalars) == nil, "\(Scalar.self), \(classes), loss \(i)")
        }
      }
    }
  }

  @Test(arguments: [40, 300])
  func rowsThatDoNotCountHoldAnything(classes: Int) throws {
    let rows = 50
    var x: Tensor<Float> = Inputs.tensor(.normal, [rows, classes])
    var ids = Inputs.classes(classes, count: rows, seed: 2).map { Int64($0) }
    let expected = try crossEntropy(x, Tensor(ids), reduction: .none).scalars
    for row in [0, 1, 7, 8, 30, 49] {
      ids[row] = -100
      x[row, 5] = .nan
    }
    for threads in [1, 3] {
      let found = try crossEntropy(x, Tensor(ids), reduction: .none, threads: threads).scalars
      for row in 0..<rows { #expect(found[row] == (ids[row] == -100 ? 0 : expected[row])) }
    }
  }

  /// A vocabulary is padded with classes of bias -inf, which have no weight.
  @Test func classesWithoutWeightAddNothing() throws {
    let (hidden, weights): (Tensor<Float>, Tensor<Float>) = (
      Inputs.tensor(.normal, [6, 9]), Inputs.tensor(.normal, [50, 9], seed: 2)
    )
    var bias: Tensor<Float> = Inputs.tensor(.normal, [50], seed: 3)
    var weight = Tensor<Float>([Float](repeating: 1.5, count: 50))
    for c in 45..<50 { (bias[c], weight[c]) = (-.infinity, 0) }
    let logits = (0..<6).map { row in
      (0..<50).map { c in
        Float((0..<9).reduce(Double(bias[c])) { $0 + Double(hidden[row, $1]) * Double(weights[c, $1]) })
      }
    }
    let target = Tensor<Int64>([3, 44, 0, 7, 21, 12])
    for smoothing in [0.1, 1] {
      let expected = try crossEntropy(
        Tensor(shape: [6, 50], scalars: Array(logits.joined())), target, weight: weight, labelSmoothing: smoothing)
      let found = try linearCrossEntropy(
        hidden, weights, target, bias: bias, weight: weight, labelSmoothing: smoothing)
      #expect(abs(found.scalars[0] - expected.scalars[0]) < 1e-5, "\(smoothing): \(found) for \(expected)")
    }
  }
}
