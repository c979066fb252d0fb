/// Cross-entropy of logits, as a module.
///
/// See `crossEntropy(_:_:weight:ignoreIndex:reduction:labelSmoothing:threads:)`.
///
/// PyTorch: `torch.nn.CrossEntropyLoss`.
public struct CrossEntropyLoss<Scalar: FloatingTensorScalar>: Sendable, Equatable, CustomStringConvertible {
  /// A factor for each class, [classes].
  public let weight: Tensor<Scalar>?
  /// The target that does not count.
  public let ignoreIndex: Int
  /// How the rows' losses become one.
  public let reduction: Reduction
  /// Between 0 and 1; checked at the call, as PyTorch does.
  public let labelSmoothing: Double

  /// Nothing is checked before the call, as in PyTorch.
  public init(
    weight: Tensor<Scalar>? = nil, ignoreIndex: Int = -100, reduction: Reduction = .mean, labelSmoothing: Double = 0
  ) {
    self.weight = weight
    self.ignoreIndex = ignoreIndex
    self.reduction = reduction
    self.labelSmoothing = labelSmoothing
  }

  /// The loss of class targets.
  ///
  /// - Throws: `SoftmaxError` (`shape`, `target`, `argument`, `memory`, `variant`).
  public func callAsFunction<Index: IndexTensorScalar>(
    _ input: Tensor<Scalar>, _ target: Tensor<Index>, threads: Int = 0
  ) throws(SoftmaxError) -> Tensor<Scalar.Accumulator> {
    try crossEntropy(
      input, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing,
      threads: threads)
  }

  /// The same, written to `loss`, whose storage is reused when it is not shared and holds as many scalars.
  public func callAsFunction<Index: IndexTensorScalar>(
    _ input: Tensor<Scalar>, _ target: Tensor<Index>, into loss: inout Tensor<Scalar.Accumulator>, threads: Int = 0
  ) throws(SoftmaxError) {
    try crossEntropy(
      input, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing,
      into: &loss, threads: threads)
  }

  /// The loss of class probabilities.
  ///
  /// - Throws: `SoftmaxError` (`shape`, `argument`, `memory`, `variant`).
  public func callAsFunction(
    _ input: Tensor<Scalar>, _ target: Tensor<Scalar>, threads: Int = 0
  ) throws(SoftmaxError) -> Tensor<Scalar.Accumulator> {
    try crossEntropy(
      input, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing,
      threads: threads)
  }

  /// The same, written to `loss`, whose storage is reused when it is not shared and holds as many scalars.
  public func callAsFunction(
    _ input: Tensor<Scalar>, _ target: Tensor<Scalar>, into loss: inout Tensor<Scalar.Accumulator>, threads: Int = 0
  ) throws(SoftmaxError) {
    try crossEntropy(
      input, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing,
      into: &loss, threads: threads)
  }

  /// As PyTorch prints it.
  public var description: String { "CrossEntropyLoss()" }
}
