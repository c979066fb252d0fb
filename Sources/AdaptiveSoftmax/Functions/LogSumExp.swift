/// Log-sum-exp over one dimension: y = log sum_i exp(x_i), without overflow.
///
/// A slice of size 0 or of -inf only gives -inf; one with a NaN gives NaN; else one with a +inf gives +inf.
/// Bit-identical for any `threads`.
///
/// - Parameters:
///   - x: any shape, sizes of 0 included. Float16 and BFloat16 compute in Float and round once.
///   - dim: the dimension to sum over, in `-rank ..< rank`.
///   - keepingDims: whether the dimension stays, with size 1.
/// - Returns: a tensor of the shape of `x` without `dim`, or with size 1 there.
/// - Throws: `SoftmaxError` (`dimension`; `shape`: a result of more scalars than an Int can count, which only an `x` of
///   none can have; `argument`; `memory`; `variant`).
/// - Complexity: O(x.count). Error: at most 5 ULP of the larger of |y| and 1; Double 6 ULP of the larger of |y|, |max
/// x| and 1; Float16 and BFloat16 0.51 ULP of y, near 0 Float's besides.
///
/// PyTorch: `torch.logsumexp`.
public func logSumExp<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, dim: Int, keepingDims: Bool = false, threads: Int = 0
) throws(SoftmaxError) -> Tensor<Scalar> {
  try logSumExp(x, dims: [dim], keepingDims: keepingDims, threads: threads)
}

/// Log-sum-exp over several dimensions at once.
///
/// See `logSumExp(_:dim:keepingDims:threads:)`.
///
/// - Parameter dims: at least one dimension, none named twice. Neighbours are reduced where they lie; others are brought
///   together by a copy first.
/// - Throws: `SoftmaxError` (`dimension`, `shape`, `argument`, `memory`, `variant`).
public func logSumExp<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, dims: [Int], keepingDims: Bool = false, threads: Int = 0
) throws(SoftmaxError) -> Tensor<Scalar> {
  let reduction = try DimReduction(shape: x.shape, dims: dims)
  var y = try Tensor<Scalar>(shape: reduction.resultShape(keepingDims: keepingDims)) { _ in }
  try logSumExp(x, dims: dims, keepingDims: keepingDims, into: &y, threads: threads)
  return y
}

/// Log-sum-exp of integers, which are converted to Float first, as PyTorch does.
///
/// See `logSumExp(_:dim:keepingDims:threads:)`; takes a copy of `x`.
///
/// - Throws: `SoftmaxError` (`dimension`, `shape`, `argument`, `memory`, `variant`).
public func logSumExp<Index: IndexTensorScalar>(
  _ x: Tensor<Index>, dim: Int, keepingDims: Bool = false, threads: Int = 0
) throws(SoftmaxError) -> Tensor<Float> {
  try logSumExp(x, dims: [dim], keepingDims: keepingDims, threads: threads)
}

/// Log-sum-exp of integers over several dimensions at once.
///
/// See `logSumExp(_:dims:keepingDims:threads:)`; takes a copy of `x`, converted to Float.
///
/// - Throws: `SoftmaxError` (`dimension`, `shape`, `argument`, `memory`, `variant`).
public func logSumExp<Index: IndexTensorScalar>(
  _ x: Tensor<Index>, dims: [Int], keepingDims: Bool = false, threads: Int = 0
) throws(SoftmaxError) -> Tensor<Float> {
  _ = try DimReduction(shape: x.shape, dims: dims)
  _ = try threadCount(threads)
  return try logSumExp(x.to(Float.self), dims: dims, keepingDims: keepingDims, threads: threads)
}

/// `logSumExp(_:dim:keepingDims:threads:)` written to `y`, whose storage is reused when it is not shared and holds as
/// many scalars.
public func logSumExp<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, dim: Int, keepingDims: Bool = false, into y: inout Tensor<Scalar>, threads: Int = 0
) throws(SoftmaxError) {
  try logSumExp(x, dims: [dim], keepingDims: keepingDims, into: &y, threads: threads)
}

/// `logSumExp(_:dims:keepingDims:threads:)` written to `y`, whose storage is reused when it is not shared and holds as
/// many scalars.
public func logSumExp<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, dims: [Int], keepingDims: Bool = false, into y: inout Tensor<Scalar>, threads: Int = 0
) throws(SoftmaxError) {
  let reduction = try DimReduction(shape: x.shape, dims: dims)
  let threads = try threadCount(threads)
  let input = try reduction.isContiguous ? x : x.permuted(reduction.reducedLast)
  try y.prepare(shape: reduction.resultShape(keepingDims: keepingDims))
  guard y.count > 0 else { return }
  let view = try reduction.view()
  try input.withUnsafeBufferPointer { (input) throws(SoftmaxError) in
    try y.withUnsafeMutableBufferPointer { (output) throws(SoftmaxError) in
      try runLogSumExp(input.baseAddress!, output.baseAddress!, view, threads: threads)
    }
  }
}
