/// Cross-entropy of the logits of a linear layer with class targets, without the logits.
///
/// The loss of `crossEntropy(_:_:weight:ignoreIndex:reduction:labelSmoothing:threads:)`; ignored rows are neither read
/// nor computed. Memory beyond inputs and output: 40 bytes a row (56 in Double), up to 8 more for the list of the rows
/// that count, 8 more for targets other than Int and Int64, and the kernels' scratch, whatever the number of classes;
/// with `weight`, 16 bytes a class. Smoothing costs one more pass over the weights and 24 bytes a feature: the sum of
/// the logits is the sum of the weights, in Double, times the row. For class probabilities form the logits and call
/// `crossEntropy`.
///
/// - Parameters:
///   - hidden: [..., features].
///   - weights: the packed layer.
///   - target: class ids of any integer type, [...].
///   - weight: a factor for each class, [classes].
///   - ignoreIndex: the target that does not count; it may be a class.
///   - reduction: `mean` divides by the sum of weight[target] over the rows that count.
///   - labelSmoothing: in 0 ... 1.
///   - threads: 0 for the runtime's default.
/// - Returns: rank 0, or [...] for `Reduction.none`; Float for Float16 and BFloat16.
/// - Throws: `SoftmaxError` (`shape`, `target`, `argument`, `memory`, `variant`).
/// - Complexity: O(rows classes features). Error of a logit: at most (features + 1) / 2 ULP of the bias and the sum of
/// its products' sizes, with random signs typically below 3. Of a row's loss without weight and smoothing, for the
/// logits as computed: at most 12 ULP (Double 14) above 1/16, below 70 (Double 520). Smoothing adds at most
/// labelSmoothing, times the mean of the weights, times the error of a logit: the sum of the logits is that of exact
/// ones, the largest is one as computed. Sums are in Double, those over a Double layer with what they lose, and round
/// once.
///
/// PyTorch: `torch.nn.functional.linear_cross_entropy` (which takes one batch dimension and computes all logits of a
/// chunk).
public func linearCrossEntropy<Scalar: FloatingTensorScalar, Index: IndexTensorScalar>(
  _ hidden: Tensor<Scalar>, _ weights: LinearWeights<Scalar.Accumulator>, _ target: Tensor<Index>,
  weight: Tensor<Scalar>? = nil, ignoreIndex: Int = -100, reduction: Reduction = .mean, labelSmoothing: Double = 0,
  threads: Int = 0
) throws(SoftmaxError) -> Tensor<Scalar.Accumulator> {
  var loss = try Tensor<Scalar.Accumulator>(shape: []) { _ in }
  try linearCrossEntropy(
    hidden, weights, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction,
    labelSmoothing: labelSmoothing, into: &loss, threads: threads)
  return loss
}

/// The linear cross-entropy written to `loss`, whose storage is reused when it is not shared and holds as many scalars.
public func linearCrossEntropy<Scalar: FloatingTensorScalar, Index: IndexTensorScalar>(
  _ hidden: Tensor<Scalar>, _ weights: LinearWeights<Scalar.Accumulator>, _ target: Tensor<Index>,
  weight: Tensor<Scalar>? = nil, ignoreIndex: Int = -100, reduction: Reduction = .mean, labelSmoothing: Double = 0,
  into loss: inout Tensor<Scalar.Accumulator>, threads: Int = 0
) throws(SoftmaxError) {
  try linearLoss(
    hidden, weights.packed.shape, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction,
    labelSmoothing: labelSmoothing, into: &loss, threads: threads
  ) { weights.packed }
}

/// The linear cross-entropy with weights [classes, features] and a bias [classes] that are packed for this call.
///
/// The packed copy takes what `LinearWeights.init(_:bias:threads:)` says: as much as the weights, twice that for
/// Float16 and BFloat16.
public func linearCrossEntropy<Scalar: FloatingTensorScalar, Index: IndexTensorScalar>(
  _ hidden: Tensor<Scalar>, _ weight: Tensor<Scalar>, _ target: Tensor<Index>, bias: Tensor<Scalar>? = nil,
  weight classWeight: Tensor<Scalar>? = nil, ignoreIndex: Int = -100, reduction: Reduction = .mean,
  labelSmoothing: Double = 0, threads: Int = 0
) throws(SoftmaxError) -> Tensor<Scalar.Accumulator> {
  var loss = try Tensor<Scalar.Accumulator>(shape: []) { _ in }
  let shape = try LinearShape(weight: weight.shape, bias: bias?.shape)
  try linearLoss(
    hidden, shape, target, weight: classWeight, ignoreIndex: ignoreIndex, reduction: reduction,
    labelSmoothing: labelSmoothing, into: &loss, threads: threads
  ) { () throws(SoftmaxError) in try PackedLinear(weight, bias: bias, threads: threads) }
  return loss
}

/// Asks for the layer once all else is checked.
private func linearLoss<Scalar: FloatingTensorScalar, Index: IndexTensorScalar>(
  _ hidden: Tensor<Scalar>, _ layer: LinearShape, _ target: Tensor<Index>, weight: Tensor<Scalar>?, ignoreIndex: Int,
  reduction: Reduction, labelSmoothing: Double, into loss: inout Tensor<Scalar.Accumulator>, threads: Int,
  packed: () throws(SoftmaxError) -> PackedLinear
) throws(SoftmaxError) {
  let shape = try layer.rows(of: hidden)
  guard target.shape == shape else {
    throw SoftmaxError(
      .shape, "Expected target size \(shape), the input's \(hidden.shape) without features, got \(target.shape)")
  }
  try LossShape(input: [layer.classes]).checkWeight(weight?.shape)
  try checkLabelSmoothing(labelSmoothing)
  _ = try threadCount(threads)
  try withClassTargets(target, classes: layer.classes, ignoreIndex: ignoreIndex) {
    (ids, counted) throws(SoftmaxError) in
    let rows = LinearLossRows(
      layer: try packed(), classWeight: try weight?.to(Double.self).scalars, ids: ids, counted: counted,
      ignoreIndex: Int64(ignoreIndex), labelSmoothing: labelSmoothing)
    try reduceLoss(reduction, shape: shape, into: &loss) { (loss, rowWeight) throws(SoftmaxError) in
      try rows.write(hidden, loss: loss, rowWeight: rowWeight, threads: threads)
      return counted > 0
    }
  }
}
