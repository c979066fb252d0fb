/// Negative log-likelihood: loss = -weight[target] x[target], reduced over the rows.
///
/// Rows whose target is `ignoreIndex` give 0, whatever they hold. Checked before any work: shapes, then every target.
///
/// - Parameters:
///   - logProbabilities: [classes] or [batch, classes, d1 ... dK].
///   - target: class ids of any integer type, the shape of the input without the classes.
///   - weight: a factor for each class, [classes].
///   - ignoreIndex: the target that does not count; it may be a class.
///   - reduction: `mean` divides by the sum of weight[target] over the rows that count.
///   - threads: 0 for the runtime's default.
/// - Returns: rank 0, or the target's shape for `Reduction.none` (rank 0 where the input is one row, `[classes]`); Float
///   for Float16 and BFloat16.
/// - Throws: `SoftmaxError` (`shape`, `target`, `argument`, `memory`, `variant`).
/// - Complexity: O(target.count). A row rounds once; sums are in Double and round once.
///
/// PyTorch: `torch.nn.functional.nll_loss`.
public func nllLoss<Scalar: FloatingTensorScalar, Index: IndexTensorScalar>(
  _ logProbabilities: Tensor<Scalar>, _ target: Tensor<Index>, weight: Tensor<Scalar>? = nil, ignoreIndex: Int = -100,
  reduction: Reduction = .mean, threads: Int = 0
) throws(SoftmaxError) -> Tensor<Scalar.Accumulator> {
  var loss = try Tensor<Scalar.Accumulator>(shape: []) { _ in }
  try nllLoss(
    logProbabilities, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, into: &loss,
    threads: threads)
  return loss
}

/// `nllLoss(_:_:weight:ignoreIndex:reduction:threads:)` written to `loss`, whose storage is reused when it is not
/// shared and holds as many scalars.
public func nllLoss<Scalar: FloatingTensorScalar, Index: IndexTensorScalar>(
  _ logProbabilities: Tensor<Scalar>, _ target: Tensor<Index>, weight: Tensor<Scalar>? = nil, ignoreIndex: Int = -100,
  reduction: Reduction = .mean, into loss: inout Tensor<Scalar.Accumulator>, threads: Int = 0
) throws(SoftmaxError) {
  try classLoss(
    logProbabilities, target, isLogProbability: true, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction,
    labelSmoothing: 0, into: &loss, threads: threads)
}
