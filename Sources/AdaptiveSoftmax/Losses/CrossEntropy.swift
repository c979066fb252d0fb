/// Cross-entropy of logits with class targets: loss = weight[target] (logsumexp(x) - x[target]), reduced over the rows.
///
/// With smoothing e the target is (1 - e) target + e / classes, 0 log 0 counts as 0, and the mean still divides by the sum of
/// weight[target].
/// Rows whose target is `ignoreIndex` give 0, whatever they hold. Checked before any work: shapes, then every target.
///
/// - Parameters:
///   - input: logits, [classes] or [batch, classes, d1 ... dK].
///   - target: class ids of any integer type, the shape of the input without the classes.
///   - weight: a factor for each class, [classes].
///   - ignoreIndex: the target that does not count; it may be a class.
///   - reduction: `none` gives a loss for each row.
///   - labelSmoothing: in 0 ... 1 (PyTorch ignores a negative one; here it throws).
///   - threads: 0 for the runtime's default.
/// - Returns: rank 0, or the target's shape for `Reduction.none` (rank 0 where the input is one row, `[classes]`); Float
///   for Float16 and BFloat16.
/// - Throws: `SoftmaxError` (`shape`, `target`, `argument`, `memory`, `variant`).
/// - Complexity: O(input.count). The error of a row is that of `logSoftmax`, with smoothing for terms of one sign;
/// sums are in Double and round once.
///
/// PyTorch: `torch.nn.functional.cross_entropy`.
public func crossEntropy<Scalar: FloatingTensorScalar, Index: IndexTensorScalar>(
  _ input: Tensor<Scalar>, _ target: Tensor<Index>, weight: Tensor<Scalar>? = nil, ignoreIndex: Int = -100,
  reduction: Reduction = .mean, labelSmoothing: Double = 0, threads: Int = 0
) throws(SoftmaxError) -> Tensor<Scalar.Accumulator> {
  var loss = try Tensor<Scalar.Accumulator>(shape: []) { _ in }
  try crossEntropy(
    input, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing,
    into: &loss, threads: threads)
  return loss
}

/// `crossEntropy(_:_:weight:ignoreIndex:reduction:labelSmoothing:threads:)` written to `loss`, whose storage is reused
/// when it is not shared and holds as many scalars.
public func crossEntropy<Scalar: FloatingTensorScalar, Index: IndexTensorScalar>(
  _ input: Tensor<Scalar>, _ target: Tensor<Index>, weight: Tensor<Scalar>? = nil, ignoreIndex: Int = -100,
  reduction: Reduction = .mean, labelSmoothing: Double = 0, into loss: inout Tensor<Scalar.Accumulator>,
  threads: Int = 0
) throws(SoftmaxError) {
  try classLoss(
    input, target, isLogProbability: false, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction,
    labelSmoothing: labelSmoothing, into: &loss, threads: threads)
}

/// Cross-entropy of logits with class probabilities: loss = -sum_c weight[c] p[c] log softmax(x)[c], reduced over the rows.
///
/// With smoothing e the target is (1 - e) p + e / classes. 0 * log 0 counts as 0 (PyTorch: NaN). The probabilities are not
/// checked: negative and unnormalised ones are taken as they are.
///
/// - Parameters:
///   - input: logits, [classes] or [batch, classes, d1 ... dK].
///   - target: the shape of the input.
///   - weight: a factor for each class, [classes].
///   - ignoreIndex: must be negative: no row of probabilities can be ignored.
///   - reduction: `mean` divides by the number of rows.
///   - labelSmoothing: in 0 ... 1.
///   - threads: 0 for the runtime's default.
/// - Returns: rank 0, or the input's shape without the classes for `Reduction.none`; Float for Float16 and BFloat16.
/// - Throws: `SoftmaxError` (`shape`, `argument`, `memory`, `variant`).
/// - Complexity: O(input.count). The error of a row is that of `logSoftmax`; sums are in Double and round once.
///
/// PyTorch: `torch.nn.functional.cross_entropy`.
public func crossEntropy<Scalar: FloatingTensorScalar>(
  _ input: Tensor<Scalar>, _ target: Tensor<Scalar>, weight: Tensor<Scalar>? = nil, ignoreIndex: Int = -100,
  reduction: Reduction = .mean, labelSmoothing: Double = 0, threads: Int = 0
) throws(SoftmaxError) -> Tensor<Scalar.Accumulator> {
  var loss = try Tensor<Scalar.Accumulator>(shape: []) { _ in }
  try crossEntropy(
    input, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing,
    into: &loss, threads: threads)
  return loss
}

/// The cross-entropy of class probabilities written to `loss`, whose storage is reused when it is not shared and holds
/// as many scalars.
public func crossEntropy<Scalar: FloatingTensorScalar>(
  _ input: Tensor<Scalar>, _ target: Tensor<Scalar>, weight: Tensor<Scalar>? = nil, ignoreIndex: Int = -100,
  reduction: Reduction = .mean, labelSmoothing: Double = 0, into loss: inout Tensor<Scalar.Accumulator>,
  threads: Int = 0
) throws(SoftmaxError) {
  try probabilityLoss(
    input, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing,
    into: &loss, threads: threads)
}
