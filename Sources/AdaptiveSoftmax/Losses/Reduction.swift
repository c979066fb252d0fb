/// What becomes of the losses of the rows.
public enum Reduction: String, Sendable, CaseIterable {
  /// One loss a row.
  case none
  /// sum of losses / sum of the weights of the targets that count (for class probabilities: / number of rows). NaN when
  /// nothing counts: every target ignored, or no rows.
  case mean
  /// `mean`, but 0 when nothing counts.
  case meanOrZero = "mean_or_zero"
  /// The sum of the losses.
  case sum
}

/// Writes the losses of the rows to `result` as `reduction` says: sums are in Double, in one fixed order, and round once.
///
/// - Parameters:
///   - shape: the shape of `Reduction.none`.
///   - rows: writes the loss and the weight of each row, and says whether any row counts.
func reduceLoss<Value: FloatingTensorScalar & BinaryFloatingPoint>(
  _ reduction: Reduction, shape: [Int], into result: inout Tensor<Value>,
  rows: (_ loss: UnsafeMutableBufferPointer<Value>, _ rowWeight: UnsafeMutableBufferPointer<Value>) throws(SoftmaxError)
    -> Bool
) throws(SoftmaxError) {
  let count = try Tensor<Value>.count(of: shape)
  try withScratch(of: Value.self, count: count) { (weight) throws(SoftmaxError) in
    if reduction == .none {
      try result.prepare(shape: shape)
      try result.withUnsafeMutableBufferPointer { (loss) throws(SoftmaxError) in _ = try rows(loss, weight) }
      return
    }
    let reduced = try withScratch(of: Value.self, count: count) { (loss) throws(SoftmaxError) in
      let anyCounts = try rows(loss, weight)
      let total = try sum(UnsafeBufferPointer(loss))
      if reduction == .sum { return total }
      if !anyCounts { return reduction == .mean ? Double.nan : 0 }
      return total / (try sum(UnsafeBufferPointer(weight)))
    }
    try result.prepare(shape: [])
    result.withUnsafeMutableBufferPointer { $0[0] = Value(reduced) }
  }
}
