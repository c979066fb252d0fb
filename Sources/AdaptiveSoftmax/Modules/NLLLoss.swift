/// Negative log-likelihood, as a module.
///
/// See `nllLoss(_:_:weight:ignoreIndex:reduction:threads:)`.
///
/// PyTorch: `torch.nn.NLLLoss`.
public struct NLLLoss<Scalar: FloatingTensorScalar>: Sendable, Equatable, CustomStringConvertible {
  /// A factor for each class, [classes].
  public let weight: Tensor<Scalar>?
  /// The target that does not count.
  public let ignoreIndex: Int
  /// How the rows' losses become one.
  public let reduction: Reduction

  /// Nothing is checked before the call, as in PyTorch.
  public init(
    weight: Tensor<Scalar>? = nil, ignoreIndex: Int = -100, reduction: Reduction = .mean
  ) {
    self.weight = weight
    self.ignoreIndex = ignoreIndex
    self.reduction = reduction
  }

  /// The loss of class targets.
  ///
  /// - Throws: `SoftmaxError` (`shape`, `target`, `argument`, `memory`, `variant`).
  public func callAsFunction<Index: IndexTensorScalar>(
    _ input: Tensor<Scalar>, _ target: Tensor<Index>, threads: Int = 0
  ) throws(SoftmaxError) -> Tensor<Scalar.Accumulator> {
    try nllLoss(
      input, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, threads: threads)
  }

  /// The same, written to `loss`, whose storage is reused when it is not shared and holds as many scalars.
  public func callAsFunction<Index: IndexTensorScalar>(
    _ input: Tensor<Scalar>, _ target: Tensor<Index>, into loss: inout Tensor<Scalar.Accumulator>, threads: Int = 0
  ) throws(SoftmaxError) {
    try nllLoss(
      input, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, into: &loss, threads: threads)
  }

  /// As PyTorch prints it.
  public var description: String { "NLLLoss()" }
}
