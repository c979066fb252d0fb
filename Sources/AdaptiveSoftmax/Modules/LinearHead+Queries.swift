extension LinearHead {
  /// The k classes with the greatest log-probabilities of each row, best first: what sorting `logProb` gives, to the bit.
  ///
  /// - Parameters:
  ///   - input: [..., inFeatures].
  ///   - k: from 1 to `nClasses`.
  /// - Returns: class ids and log-probabilities, [..., k]; of equal classes the lower id first, NaN last.
  /// - Throws: `SoftmaxError` (`shape`, `argument`, `memory`, `variant`).
  /// - Complexity: O(rows inFeatures nClasses).
  public func topK<Input>(_ input: Tensor<Input>, k: Int, threads: Int = 0) throws(SoftmaxError) -> TopK<Scalar>
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    try adaptive.topK(input, k: k, threads: threads)
  }

  /// The same, written to `result`, whose tensors are reused when they have the right size and are not shared.
  public func topK<Input>(_ input: Tensor<Input>, k: Int, into result: inout TopK<Scalar>, threads: Int = 0)
    throws(SoftmaxError)
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    try adaptive.topK(input, k: k, into: &result, threads: threads)
  }

  /// The rank of each row's target among all classes, 1 for the best: its place in `topK(_:k:)` with k = `nClasses`.
  ///
  /// - Parameters:
  ///   - input: [..., inFeatures].
  ///   - target: [...], classes in `0 ..< nClasses`, of any integer type.
  ///   - ignoreIndex: rows with this target are not read and get 0.
  ///   - limit: ranks beyond it are given as limit + 1; nil for exact ranks.
  /// - Returns: [...].
  /// - Throws: `SoftmaxError` (`shape`, `target`, `argument`, `memory`, `variant`).
  /// - Complexity: O(rows inFeatures nClasses).
  public func rank<Input, Target>(
    _ input: Tensor<Input>, of target: Tensor<Target>, ignoreIndex: Int? = nil, limit: Int? = nil, threads: Int = 0
  ) throws(SoftmaxError) -> Tensor<Int64>
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar, Target: IndexTensorScalar {
    try adaptive.rank(input, of: target, ignoreIndex: ignoreIndex, limit: limit, threads: threads)
  }

  /// The same, written to `result`, and the log-probabilities of the targets to `logProbs`; the storage of both is reused
  /// when it is not shared and holds as many scalars.
  public func rank<Input, Target>(
    _ input: Tensor<Input>, of target: Tensor<Target>, into result: inout Tensor<Int64>,
    logProbs: inout Tensor<Scalar>, ignoreIndex: Int? = nil, limit: Int? = nil, threads: Int = 0
  ) throws(SoftmaxError)
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar, Target: IndexTensorScalar {
    try adaptive.rank(
      input, of: target, into: &result, logProbs: &logProbs, ignoreIndex: ignoreIndex, limit: limit, threads: threads)
  }

  /// The log-probabilities of some classes of each row: the entries that `logProb` has, to the bit.
  ///
  /// - Parameters:
  ///   - input: [..., inFeatures].
  ///   - classes: [..., m], classes in `0 ..< nClasses`, of any integer type.
  /// - Returns: [..., m].
  /// - Throws: `SoftmaxError` (`shape`, `target`, `argument`, `memory`, `variant`).
  /// - Complexity: O(rows inFeatures (nClasses + m)). Error: that of `logProb(_:threads:)`.
  public func logProb<Input, Class>(_ input: Tensor<Input>, classes: Tensor<Class>, threads: Int = 0)
    throws(SoftmaxError) -> Tensor<Scalar>
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar, Class: IndexTensorScalar {
    try adaptive.logProb(input, classes: classes, threads: threads)
  }

  /// The same, written to `result`, whose storage is reused when it is not shared and holds as many scalars.
  public func logProb<Input, Class>(
    _ input: Tensor<Input>, classes: Tensor<Class>, into result: inout Tensor<Scalar>, threads: Int = 0
  ) throws(SoftmaxError)
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar, Class: IndexTensorScalar {
    try adaptive.logProb(input, classes: classes, into: &result, threads: threads)
  }

  /// The entropy of each row's distribution, in nats; the error is that of `AdaptiveLogSoftmaxWithLoss.entropy`.
  ///
  /// - Parameter input: [..., inFeatures].
  /// - Returns: [...].
  /// - Throws: `SoftmaxError` (`shape`, `argument`, `memory`, `variant`).
  /// - Complexity: O(rows inFeatures nClasses).
  public func entropy<Input>(_ input: Tensor<Input>, threads: Int = 0) throws(SoftmaxError) -> Tensor<Scalar>
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    try adaptive.entropy(input, threads: threads)
  }

  /// The same, written to `result`, whose storage is reused when it is not shared and holds as many scalars.
  public func entropy<Input>(_ input: Tensor<Input>, into result: inout Tensor<Scalar>, threads: Int = 0)
    throws(SoftmaxError)
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    try adaptive.entropy(input, into: &result, threads: threads)
  }
}
