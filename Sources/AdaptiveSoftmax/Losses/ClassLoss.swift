/// The loss of class targets: NLL of log-probabilities, or cross-entropy of logits.
func classLoss<Scalar: FloatingTensorScalar, Index: IndexTensorScalar>(
  _ x: Tensor<Scalar>, _ target: Tensor<Index>, isLogProbability: Bool, weight: Tensor<Scalar>?, ignoreIndex: Int,
  reduction: Reduction, labelSmoothing: Double, into loss: inout Tensor<Scalar.Accumulator>, threads: Int
) throws(SoftmaxError) {
  if !isLogProbability {
    guard x.shape != target.shape else {
      throw SoftmaxError(
        .target,
        "Expected floating point type for target with class probabilities, got \(Index.dtypeName): "
          + "a target of the input's shape \(x.shape) holds probabilities, class ids have no class dimension"
      )
    }
    try checkLabelSmoothing(labelSmoothing)
  }
  let shape = try LossShape(input: x.shape)
  try shape.checkTarget(target.shape)
  try shape.checkWeight(weight?.shape)
  let threads = try threadCount(threads)
  try withClassTargets(target, classes: shape.classes, ignoreIndex: ignoreIndex) {
    (ids, counted) throws(SoftmaxError) in
    try reduceLoss(reduction, shape: shape.rows, into: &loss) { (loss, rowWeight) throws(SoftmaxError) in
      try writeRows(
        x, shape, isLogProbability: isLogProbability,
        target: ids.baseAddress.map { .classes($0, ignoreIndex: Int64(ignoreIndex)) }, weight: weight,
        labelSmoothing: labelSmoothing, loss: loss, rowWeight: rowWeight, threads: threads)
      return counted > 0
    }
  }
}

/// The cross-entropy of class probabilities.
func probabilityLoss<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, _ target: Tensor<Scalar>, weight: Tensor<Scalar>?, ignoreIndex: Int, reduction: Reduction,
  labelSmoothing: Double, into loss: inout Tensor<Scalar.Accumulator>, threads: Int
) throws(SoftmaxError) {
  guard x.shape == target.shape else {
    throw SoftmaxError(
      .shape,
      "Expected class probabilities of the input's shape \(x.shape), got \(target.shape); class ids are integers")
  }
  guard ignoreIndex < 0 else {
    throw SoftmaxError(.argument, "ignore_index is not supported for floating point target, got \(ignoreIndex)")
  }
  try checkLabelSmoothing(labelSmoothing)
  let shape = try LossShape(input: x.shape)
  try shape.checkWeight(weight?.shape)
  let threads = try threadCount(threads)
  try target.withUnsafeBufferPointer { (probabilities) throws(SoftmaxError) in
    try reduceLoss(reduction, shape: shape.rows, into: &loss) { (loss, rowWeight) throws(SoftmaxError) in
      try writeRows(
        x, shape, isLogProbability: false, target: probabilities.baseAddress.map { .probabilities($0) }, weight: weight,
        labelSmoothing: labelSmoothing, loss: loss, rowWeight: rowWeight, threads: threads)
      return x.count > 0
    }
  }
}

/// Writes the loss and the weight of each row; zeros where the input is empty.
private func writeRows<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, _ shape: LossShape, isLogProbability: Bool, target: CrossEntropyJob<Scalar>.Target?,
  weight: Tensor<Scalar>?, labelSmoothing: Double, loss: UnsafeMutableBufferPointer<Scalar.Accumulator>,
  rowWeight: UnsafeMutableBufferPointer<Scalar.Accumulator>, threads: Int32
) throws(SoftmaxError) {
  guard x.count > 0, let target else {
    loss.initialize(repeating: 0)
    rowWeight.initialize(repeating: 0)
    return
  }
  defer { withExtendedLifetime(weight) {} }
  try x.withUnsafeBufferPointer { (input) throws(SoftmaxError) in
    let job = CrossEntropyJob(
      x: input.baseAddress!, isLogProbability: isLogProbability, view: shape.view, target: target,
      weight: weight.map { UnsafePointer($0.storage.base) }, labelSmoothing: labelSmoothing)
    try job.run(loss: loss.baseAddress!, rowWeight: rowWeight.baseAddress!, threads: threads)
  }
}
