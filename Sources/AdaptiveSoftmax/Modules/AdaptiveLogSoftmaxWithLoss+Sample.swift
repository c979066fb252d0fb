extension AdaptiveLogSoftmaxWithLoss {
  /// Classes drawn at random from the distribution of each row: [..., inFeatures] to [..., count], draws with replacement.
  ///
  ///     q(c) = p(c)^(1 / temperature) / sum_d p(d)^(1 / temperature)
  ///
  /// `topK` restricts q to the k most probable classes (ties to the lowest class); `topP`, after that, to the fewest of the
  /// most probable classes whose q adds up to at least `topP` of what is left. A draw inverts the sum of q, taken in one
  /// fixed order, at a random number that depends on the seed, the row and the draw only: not on the batch, the threads or
  /// the instruction set. A row whose probabilities are not numbers gives -1.
  ///
  /// - Parameters:
  ///   - input: [..., inFeatures].
  ///   - count: draws for each row.
  ///   - generator: the seed, and the number of the first row.
  ///   - temperature: 1e-6 ... 1e6; below 1 sharpens, above 1 flattens the distribution over all classes.
  ///   - topK: at least 1; nil for all classes.
  ///   - topP: above 0 and at most 1; nil for all classes.
  /// - Throws: `SoftmaxError` (`shape`, `argument`, `memory`, `variant`).
  /// - Complexity: the head for every row, the tails that were drawn, and 1024 classes once more for each draw. A
  ///   temperature other than 1 needs all tails, twice; `topK` what the k best classes need; `topP` alone the 64 best
  ///   classes, and for rows that these do not cover, or at another temperature, all classes.
  public func sample<Input>(
    _ input: Tensor<Input>, count: Int = 1, using generator: CounterGenerator, temperature: Double = 1,
    topK: Int? = nil, topP: Double? = nil, threads: Int = 0
  ) throws(SoftmaxError) -> Tensor<Int64> where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    var result = Tensor<Int64>([])
    try sample(
      input, count: count, using: generator, temperature: temperature, topK: topK, topP: topP, into: &result,
      threads: threads)
    return result
  }

  /// The same, written to `result`, whose storage is reused when it is not shared and holds as many scalars.
  public func sample<Input>(
    _ input: Tensor<Input>, count: Int = 1, using generator: CounterGenerator, temperature: Double = 1,
    topK: Int? = nil, topP: Double? = nil, into result: inout Tensor<Int64>, threads: Int = 0
  ) throws(SoftmaxError) where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    let shape = try rowShape(input)
    let sampling = try Sampling(
      count: count, temperature: temperature, topK: topK, topP: topP, generator: generator, nClasses: nClasses)
    _ = try threadCount(threads)
    try result.prepare(shape: shape + [count])
    guard result.count > 0 else { return }
    try result.withUnsafeMutableBufferPointer { (output) throws(SoftmaxError) in
      guard let output = output.baseAddress else { return }
      try withRows(of: input, threads: threads) { (rows) throws(SoftmaxError) in
        switch (sampling.topK, sampling.topP) {
        case (let k?, _): try sampleBest(rows, k, sampling, into: output)
        case (nil, let p?): try sampleNucleus(rows, p, sampling, into: output)
        case (nil, nil): try sampleAll(rows, sampling, into: output)
        }
      }
    }
  }
}
