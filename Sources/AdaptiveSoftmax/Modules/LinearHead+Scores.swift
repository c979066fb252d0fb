extension LinearHead {
  /// The log-probability of each row's target, and the loss: `cross_entropy(input @ weight.T + bias, target)` of
  /// PyTorch, without the logits; there `ignore_index` is -100 where none is given.
  ///
  ///     output[n] = log p(target[n] | input[n])                                        0 where the target is ignored
  ///     loss      = -sum_n weight[target[n]] output[n] / sum_n weight[target[n]]       over the rows not ignored
  ///
  /// - Parameters:
  ///   - input: [..., inFeatures].
  ///   - target: [...], classes in `0 ..< nClasses`, of any integer type.
  ///   - weight: [nClasses], all ones when nil; it changes the loss only.
  ///   - ignoreIndex: rows with this target are not read and do not count; it may lie outside the classes.
  ///   - reduction: `none` gives a loss of the target's shape, 0 where ignored; the mean over no rows is NaN.
  ///   - threads: 0 for the runtime's default.
  /// - Returns: the log-probabilities, [...]; the loss, rank 0, or [...] for `Reduction.none`.
  /// - Throws: `SoftmaxError` (`shape`, `target`, `argument`, `memory`, `variant`).
  /// - Complexity: O(rows inFeatures nClasses). Error of a logit before scale and cap: at most (features + 1) / 2 ULP
  /// of the bias and the sum of its products' sizes, with random signs typically below 3. Of a log-probability, for the
  /// logits as computed: at most 12 ULP (Double 14) below -1/16, above 70 (Double 520). The loss is summed in Double
  /// and rounds once.
  public func callAsFunction<Input, Target>(
    _ input: Tensor<Input>, _ target: Tensor<Target>, weight: Tensor<Scalar>? = nil, ignoreIndex: Int? = nil,
    reduction: Reduction = .mean, threads: Int = 0
  ) throws(SoftmaxError) -> (output: Tensor<Scalar>, loss: Tensor<Scalar>)
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar, Target: IndexTensorScalar {
    try adaptive(
      input, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, threads: threads)
  }

  /// The same, with the log-probabilities written to `output`, whose storage is reused when it is not shared and holds
  /// as many scalars.
  public func callAsFunction<Input, Target>(
    _ input: Tensor<Input>, _ target: Tensor<Target>, into output: inout Tensor<Scalar>,
    weight: Tensor<Scalar>? = nil, ignoreIndex: Int? = nil, reduction: Reduction = .mean, threads: Int = 0
  ) throws(SoftmaxError) -> Tensor<Scalar>
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar, Target: IndexTensorScalar {
    try adaptive(
      input, target, into: &output, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, threads: threads)
  }

  /// log sum_c exp(logit_c) of each row: [..., inFeatures] to [...].
  ///
  /// The log-probability of a class is its logit less this. A row with a NaN logit gives NaN, else one with +inf gives
  /// +inf, one of -inf only gives -inf.
  ///
  /// - Parameters:
  ///   - input: [..., inFeatures].
  ///   - threads: 0 for the runtime's default.
  /// - Returns: [...].
  /// - Throws: `SoftmaxError` (`shape`, `argument`, `memory`, `variant`).
  /// - Complexity: O(rows inFeatures nClasses). Error of a logit before scale and cap: at most (features + 1) / 2 ULP
  /// of the bias and the sum of its products' sizes, with random signs typically below 3. Of y, for the logits as
  /// computed: at most 5 ULP of the larger of |y| and 1; Double 6 ULP of the larger of |y|, |largest logit| and 1.
  public func logSumExp<Input>(_ input: Tensor<Input>, threads: Int = 0) throws(SoftmaxError) -> Tensor<Scalar>
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    _ = try adaptive.rowShape(input)
    return try linearLogSumExp(input, LinearWeights(adaptive.head), threads: threads)
  }

  /// The same, written to `result`, whose storage is reused when it is not shared and holds as many scalars.
  public func logSumExp<Input>(_ input: Tensor<Input>, into result: inout Tensor<Scalar>, threads: Int = 0)
    throws(SoftmaxError)
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    _ = try adaptive.rowShape(input)
    try linearLogSumExp(input, LinearWeights(adaptive.head), into: &result, threads: threads)
  }

  /// The log-probability of every class: [..., inFeatures] to [..., nClasses].
  ///
  /// The same bits as `callAsFunction` gives for each class as target.
  ///
  /// - Parameters:
  ///   - input: [..., inFeatures].
  ///   - threads: 0 for the runtime's default.
  /// - Returns: [..., nClasses].
  /// - Throws: `SoftmaxError` (`shape`, `argument`, `memory`, `variant`).
  /// - Complexity: O(rows inFeatures nClasses). Error of a logit before scale and cap: at most (features + 1) / 2 ULP
  /// of the bias and the sum of its products' sizes, with random signs typically below 3. Of a log-probability, for the
  /// logits as computed: at most 12 ULP (Double 14) below -1/16, above 70 (Double 520).
  ///
  /// PyTorch: `torch.log_softmax(torch.nn.functional.linear(input, weight, bias), -1)`.
  public func logProb<Input>(_ input: Tensor<Input>, threads: Int = 0) throws(SoftmaxError) -> Tensor<Scalar>
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    try adaptive.logProb(input, threads: threads)
  }

  /// The same, written to `result`, whose storage is reused when it is not shared and holds as many scalars.
  public func logProb<Input>(_ input: Tensor<Input>, into result: inout Tensor<Scalar>, threads: Int = 0)
    throws(SoftmaxError)
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    try adaptive.logProb(input, into: &result, threads: threads)
  }

  /// The class with the greatest log-probability of each row, the lowest of them where several tie; a row of NaN only
  /// gives 0.
  ///
  /// - Parameters:
  ///   - input: [..., inFeatures].
  ///   - threads: 0 for the runtime's default.
  /// - Returns: [...].
  /// - Throws: `SoftmaxError` (`shape`, `argument`, `memory`, `variant`).
  /// - Complexity: O(rows inFeatures nClasses).
  public func predict<Input>(_ input: Tensor<Input>, threads: Int = 0) throws(SoftmaxError) -> Tensor<Int64>
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    try adaptive.predict(input, threads: threads)
  }

  /// The same, written to `result`, whose storage is reused when it is not shared and holds as many scalars.
  public func predict<Input>(_ input: Tensor<Input>, into result: inout Tensor<Int64>, threads: Int = 0)
    throws(SoftmaxError)
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    try adaptive.predict(input, into: &result, threads: threads)
  }
}
