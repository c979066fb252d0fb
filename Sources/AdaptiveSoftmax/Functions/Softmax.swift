/// Softmax over one dimension: y_i = exp(x_i) / sum_j exp(x_j).
///
/// Bit-identical for any `threads` and any dimension: over dim 0 as over the last one of the transposed tensor. A
/// slice that holds a NaN or +inf, or only -inf, is all NaN; a single -inf gives exactly 0; denormal results are kept.
///
/// - Parameters:
///   - x: any shape, sizes of 0 included. Float16 and BFloat16 compute in Float and round once. Integers do not compile:
///     cast first, as PyTorch's `dtype:` does, with `x.to(Float.self)`.
///   - dim: the dimension to normalise over, in `-rank ..< rank`. `nil` is PyTorch's implicit choice: 0 for ranks 0, 1 and 3,
///     else 1 (PyTorch warns; name it in new code).
///   - threads: 0 for the runtime's default.
/// - Returns: a tensor of the shape of `x`.
/// - Throws: `SoftmaxError` (`dimension`, `argument`, `memory`, `variant`).
/// - Complexity: O(x.count). Error, in ULP of y_i: at most 12 (Double 14) + |x_i - max|, its rounding; Float16 and
/// BFloat16 0.51.
///
/// PyTorch: `torch.nn.functional.softmax`.
public func softmax<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>, dim: Int?, threads: Int = 0) throws(SoftmaxError)
  -> Tensor<Scalar>
{
  try softmaxFamily(.softmax, x, dim: dim, threads: threads)
}

/// `softmax(_:dim:threads:)` written to `y`, whose storage is reused when it is not shared and holds as many scalars.
public func softmax<Scalar: FloatingTensorScalar>(
  _ x: Tensor<Scalar>, dim: Int?, into y: inout Tensor<Scalar>, threads: Int = 0
) throws(SoftmaxError) {
  try softmaxFamily(.softmax, x, dim: dim, into: &y, threads: threads)
}

/// `softmax(_:dim:threads:)` in the place of its input.
public func softmax<Scalar: FloatingTensorScalar>(inPlace x: inout Tensor<Scalar>, dim: Int?, threads: Int = 0)
  throws(SoftmaxError)
{
  try softmaxFamily(.softmax, inPlace: &x, dim: dim, threads: threads)
}
