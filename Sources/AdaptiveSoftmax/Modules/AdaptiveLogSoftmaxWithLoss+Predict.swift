extension AdaptiveLogSoftmaxWithLoss {
  /// The class with the greatest log-probability of each row, the lowest of them where several tie: argmax of `logProb`,
  /// without computing it.
  ///
  /// `topK` with k = 1: a tail is computed only for the rows where its log-probability is not below that of the best class
  /// found so far. NaN never wins; a row of NaN only gives 0.
  ///
  /// - Parameters:
  ///   - input: [..., inFeatures].
  ///   - threads: 0 for the runtime's default.
  /// - Returns: [...].
  /// - Throws: `SoftmaxError` (`shape`, `argument`, `memory`, `variant`).
  /// - Complexity: O(rows inFeatures headSize), and the tails of the rows that need them.
  ///
  /// PyTorch: `AdaptiveLogSoftmaxWithLoss.predict`.
  public func predict<Input>(_ input: Tensor<Input>, threads: Int = 0) throws(SoftmaxError) -> Tensor<Int64>
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    var result = Tensor<Int64>([])
    try predict(input, into: &result, threads: threads)
    return result
  }

  /// The same, written to `result`, whose storage is reused when it is not shared and holds as many scalars.
  public func predict<Input>(_ input: Tensor<Input>, into result: inout Tensor<Int64>, threads: Int = 0)
    throws(SoftmaxError)
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    let shape = try rowShape(input)
    _ = try threadCount(threads)
    try result.prepare(shape: shape)
    try result.withUnsafeMutableBufferPointer { (classes) throws(SoftmaxError) in
      try withRows(of: input, threads: threads) { (rows) throws(SoftmaxError) in
        _ = try forEachBest(of: rows, 1, ids: classes.baseAddress) { best, _ in fillWithNaN(best) }
      }
    }
  }
}
