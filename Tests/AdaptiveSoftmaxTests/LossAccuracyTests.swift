import AdaptiveSoftmax
import Foundation
import TestSupport
import Testing

/// Losses against the oracle.
@Suite struct LossAccuracy {
  static let shapes: [[Int]] = [
    [1, 1], [5, 2], [9, 17], [4, 33], [3, 513], [2, 4097], [7, 5, 3], [2, 33, 4, 2], [17],
  ]

  @Test(arguments: shapes) func float(shape: [Int]) throws { try check(shape, Float.self) }
  @Test(arguments: shapes) func double(shape: [Int]) throws { try check(shape, Double.self) }
  @Test(arguments: shapes) func float16(shape: [Int]) throws { try check(shape, Float16.self) }
  @Test(arguments: shapes) func bfloat16(shape: [Int]) throws { try check(shape, BFloat16.self) }

  private func check<Scalar: FloatingTensorScalar>(_ shape: [Int], _: Scalar.Type) throws {
    let x = Inputs.tensor(.normal, shape, as: Scalar.self)
    let logP = try logSoftmax(x, dim: shape.count == 1 ? 0 : 1)
    let classes = shape.count == 1 ? shape[0] : shape[1]
    var rows = shape
    rows.remove(at: shape.count == 1 ? 0 : 1)
    let target = Inputs.classes(classes, count: rows.reduce(1, *))
    let probabilities = try softmax(
      Inputs.tensor(.normal, shape, seed: 9, as: Scalar.self), dim: shape.count == 1 ? 0 : 1)
    let weight = try Tensor<Scalar>(
      shape: [classes], scalars: (0..<classes).map { Scalar(converting: 0.25 + Double($0 % 5)) })
    let ids = try Tensor<Int>(shape: rows, scalars: target)

    for ignore in [-100, target[0]] {
      for weight in [nil, weight] {
        let exactWeight = weight.map { Exact($0).values }
        let nll = Oracle.nll(Exact(logP), target, weight: exactWeight, ignoreIndex: ignore)
        try expect(nll, shape: rows) { try nllLoss(logP, ids, weight: weight, ignoreIndex: ignore, reduction: $0) }
        for smoothing in [0, 0.1, 1] {
          let loss = Oracle.crossEntropy(
            Exact(x), .classes(target), weight: exactWeight, ignoreIndex: ignore, labelSmoothing: Wide(smoothing))
          try expect(loss, shape: rows) {
            try crossEntropy(
              x, ids, weight: weight, ignoreIndex: ignore, reduction: $0, labelSmoothing: smoothing)
          }
        }
      }
    }
    guard classes > 1 || shape.count > 1 else { return }
    for weight in [nil, weight] {
      for smoothing in [0, 0.1, 1] {
        let loss = Oracle.crossEntropy(
          Exact(x), .probabilities(Exact(probabilities)), weight: weight.map { Exact($0).values },
          labelSmoothing: Wide(smoothing))
        try expect(loss, shape: rows) {
          try crossEntropy(x, probabilities, weight: weight, reduction: $0, labelSmoothing: smoothing)
        }
      }
    }
  }

  private func expect<Value: FloatingTensorScalar & BinaryFloatingPoint>(
    _ exact: Oracle.Loss, shape: [Int], _ loss: (Reduction) throws -> Tensor<Value>
  ) throws {
    expectClose(try loss(.none), shape: shape, exact.elements.doubles, ulps: 4)
    expectClose(try loss(.sum), shape: [], [Double(exact.sum)], ulps: 4)
    expectClose(try loss(.mean), shape: [], [Double(exact.mean)], ulps: 4)
    expectClose(try loss(.meanOrZero), shape: [], [exact.mean.isNaN ? 0 : Double(exact.mean)], ulps: 4)
  }

  /// Equal terms, whose roundings would all be to the same side.
  @Test func equalTermsAddUpInDouble() throws {
    let rows = 400_000
    let x = try Tensor<Double>(shape: [rows, 2], scalars: (0..<2 * rows).map { $0 % 2 == 0 ? 0 : 0.7 })
    let ids = try Tensor<Int>.zeros([rows])
    let each = try crossEntropy(x, ids, reduction: .none, threads: 1).scalars[0]
    let sum = try crossEntropy(x, ids, reduction: .sum).item()
    #expect(abs(Wide(sum) - Wide(rows) * Wide(each)) <= Wide(sum.ulp))
    #expect(try abs(crossEntropy(x, ids).item() - each) <= each.ulp)

    let classes = 1_000_000
    for gap in [3.78, 1.32, 3.38] {
      var row = [Double](repeating: -gap, count: classes)
      row[5] = 0
      let logSumExp = log1p(Wide(classes - 1) * exp(-Wide(gap)))
      let exact = logSumExp + Wide(gap) * Wide(classes - 1) / Wide(classes)
      let found = try crossEntropy(Tensor(shape: [1, classes], scalars: row), Tensor<Int>([5]), labelSmoothing: 1)
        .item()
      #expect(abs(Wide(found) - exact) <= 10 * Wide(Double(exact).ulp), "gap \(gap)")
    }
  }
}
