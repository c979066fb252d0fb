internal import CSoftmaxKernels

/// The elements of a loss over classes, before reduction: what `smx_cross_entropy` computes.
struct CrossEntropyJob<Scalar: FloatingTensorScalar> {
  /// What the classes of a row are compared with.
  enum Target {
    /// [outer, inner] class ids, each in range or equal to `ignoreIndex`.
    case classes(UnsafePointer<Int64>, ignoreIndex: Int64)
    /// [outer, classes, inner].
    case probabilities(UnsafePointer<Scalar>)
  }

  /// [outer, classes, inner]: logits, or log-probabilities.
  var x: UnsafePointer<Scalar>
  var isLogProbability: Bool
  var view: Slices
  var target: Target
  /// [classes].
  var weight: UnsafePointer<Scalar>?
  var labelSmoothing: Double

  /// Writes the loss and the weight of each row, both [outer, inner].
  func run(
    loss: UnsafeMutablePointer<Scalar.Accumulator>, rowWeight: UnsafeMutablePointer<Scalar.Accumulator>, threads: Int32
  ) throws(SoftmaxError) {
    var job = smx_cross_entropy_job()
    job.type = Scalar._kernelType.c
    job.x = UnsafeRawPointer(x)
    job.log_probabilities = isLogProbability
    job.outer = view.outer
    job.classes = view.n
    job.inner = view.inner
    switch target {
    case .classes(let ids, let ignoreIndex):
      job.target = ids
      job.ignore_index = ignoreIndex
    case .probabilities(let probabilities):
      job.probabilities = UnsafeRawPointer(probabilities)
    }
    job.weight = UnsafeRawPointer(weight)
    job.label_smoothing = labelSmoothing
    job.loss = UnsafeMutableRawPointer(loss)
    job.row_weight = UnsafeMutableRawPointer(rowWeight)
    try Workspace.with { (workspace) throws(SoftmaxError) in
      try check(smx_cross_entropy(&job, threads, workspace))
    }
  }
}

/// The sum of Float or Double scalars, accumulated in Double in one fixed order.
func sum<Value: FloatingTensorScalar & BinaryFloatingPoint>(_ values: UnsafeBufferPointer<Value>) throws(SoftmaxError)
  -> Double
{
  var total = 0.0
  guard let base = values.baseAddress, !values.isEmpty else { return total }
  try check(smx_sum(Value._kernelType.c, base, values.count, &total))
  return total
}
