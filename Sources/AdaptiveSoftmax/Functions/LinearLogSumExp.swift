/// Log-sum-exp over the classes of a linear layer, without its logits.
///
/// y = log sum_c exp(bias[c] + sum_k hidden[k] weight[c, k])
///
/// Memory beyond inputs and output: 12 bytes a row (16 in Double) and the kernels' scratch, whatever the number of classes. A
/// row's bits depend on nothing but the row and the layer.
///
/// - Parameters:
///   - hidden: [..., features].
///   - weights: the packed layer.
///   - threads: 0 for the runtime's default.
/// - Returns: [...]; Float for Float16 and BFloat16.
/// - Throws: `SoftmaxError` (`shape`, `argument`, `memory`, `variant`).
/// - Complexity: O(rows classes features). Error of a logit: at most (features + 1) / 2 ULP of the bias and the sum of
/// its products' sizes, with random signs typically below 3. Of y, for the logits as computed: at most 5 ULP of the
/// larger of |y| and 1; Double 6 ULP of the larger of |y|, |largest logit| and 1.
///
/// PyTorch: `torch.logsumexp(torch.nn.functional.linear(hidden, weight, bias), -1)`.
public func linearLogSumExp<Scalar: FloatingTensorScalar>(
  _ hidden: Tensor<Scalar>, _ weights: LinearWeights<Scalar.Accumulator>, threads: Int = 0
) throws(SoftmaxError) -> Tensor<Scalar.Accumulator> {
  var y = try Tensor<Scalar.Accumulator>(shape: []) { _ in }
  try linearLogSumExp(hidden, weights, into: &y, threads: threads)
  return y
}

/// `linearLogSumExp(_:_:threads:)` written to `y`, whose storage is reused when it is not shared and holds as many scalars.
public func linearLogSumExp<Scalar: FloatingTensorScalar>(
  _ hidden: Tensor<Scalar>, _ weights: LinearWeights<Scalar.Accumulator>, into y: inout Tensor<Scalar.Accumulator>,
  threads: Int = 0
) throws(SoftmaxError) {
  try logSumExp(hidden, weights.packed.shape, into: &y, threads: threads) { weights.packed }
}

/// `linearLogSumExp(_:_:threads:)` of weights [classes, features] and a bias [classes] that are packed for this call.
///
/// The packed copy takes what `LinearWeights.init(_:bias:threads:)` says: as much as the weights, twice that for
/// Float16 and BFloat16.
public func linearLogSumExp<Scalar: FloatingTensorScalar>(
  _ hidden: Tensor<Scalar>, _ weight: Tensor<Scalar>, bias: Tensor<Scalar>? = nil, threads: Int = 0
) throws(SoftmaxError) -> Tensor<Scalar.Accumulator> {
  var y = try Tensor<Scalar.Accumulator>(shape: []) { _ in }
  let shape = try LinearShape(weight: weight.shape, bias: bias?.shape)
  try logSumExp(hidden, shape, into: &y, threads: threads) { () throws(SoftmaxError) in
    try PackedLinear(weight, bias: bias, threads: threads)
  }
  return y
}

/// Asks for the layer once all else is checked.
private func logSumExp<Scalar: FloatingTensorScalar>(
  _ hidden: Tensor<Scalar>, _ layer: LinearShape, into y: inout Tensor<Scalar.Accumulator>, threads: Int,
  packed: () throws(SoftmaxError) -> PackedLinear
) throws(SoftmaxError) {
  let shape = try layer.rows(of: hidden)
  _ = try threadCount(threads)
  let layer = try packed()
  try y.prepare(shape: shape)
  try y.withUnsafeMutableBufferPointer { (output) throws(SoftmaxError) in
    guard !output.isEmpty else { return }
    guard layer.classes > 0 else { return output.initialize(repeating: -.infinity) }
    try layer.withPartials(hidden, rows: output.count, threads: threads) { (max, rest) throws(SoftmaxError) in
      try logSumExp(layer.type, max: max, rest: rest, into: output.baseAddress!, rows: output.count)
    }
  }
}
