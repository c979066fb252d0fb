extension LinearHead {
  /// Classes drawn at random from the distribution of each row: [..., inFeatures] to [..., count], draws with replacement.
  ///
  ///     q(c) = softmax(logits / temperature)[c]
  ///
  /// Restricted by `topK` and `topP`, seeded and reproducible as `AdaptiveLogSoftmaxWithLoss.sample` says.
  ///
  /// - Parameters:
  ///   - input: [..., inFeatures].
  ///   - count: draws for each row.
  ///   - generator: the seed, and the number of the first row.
  ///   - temperature: 1e-6 ... 1e6.
  ///   - topK: at least 1; nil for all classes.
  ///   - topP: above 0 and at most 1; nil for all classes.
  /// - Throws: `SoftmaxError` (`shape`, `argument`, `memory`, `variant`).
  /// - Complexity: O(rows inFeatures nClasses), and 1024 classes once more for each draw.
  public func sample<Input>(
    _ input: Tensor<Input>, count: Int = 1, using generator: CounterGenerator, temperature: Double = 1,
    topK: Int? = nil, topP: Double? = nil, threads: Int = 0
  ) throws(SoftmaxError) -> Tensor<Int64> where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    try adaptive.sample(
      input, count: count, using: generator, temperature: temperature, topK: topK, topP: topP, threads: threads)
  }

  /// The same, written to `result`, whose storage is reused when it is not shared and holds as many scalars.
  public func sample<Input>(
    _ input: Tensor<Input>, count: Int = 1, using generator: CounterGenerator, temperature: Double = 1,
    topK: Int? = nil, topP: Double? = nil, into result: inout Tensor<Int64>, threads: Int = 0
  ) throws(SoftmaxError) where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    try adaptive.sample(
      input, count: count, using: generator, temperature: temperature, topK: topK, topP: topP, into: &result,
      threads: threads)
  }
}
