/// Writes a member of the softmax family over one dimension of `x` to `y`.
func softmaxFamily<Scalar: FloatingTensorScalar>(
  _ kind: SoftmaxKind, _ x: Tensor<Scalar>, dim: Int?, into y: inout Tensor<Scalar>, threads: Int
) throws(SoftmaxError) {
  let dim = try softmaxDimension(dim, rank: x.rank)
  let threads = try threadCount(threads)
  try y.prepare(shape: x.shape)
  guard x.count > 0 else { return }
  let view = Slices(shape: x.shape, dim: dim)
  try x.withUnsafeBufferPointer { (input) throws(SoftmaxError) in
    try y.withUnsafeMutableBufferPointer { (output) throws(SoftmaxError) in
      try runSoftmax(kind, input.baseAddress!, output.baseAddress!, view, threads: threads)
    }
  }
}

/// Overwrites `x` with a member of the softmax family over one of its dimensions.
func softmaxFamily<Scalar: FloatingTensorScalar>(
  _ kind: SoftmaxKind, inPlace x: inout Tensor<Scalar>, dim: Int?, threads: Int
) throws(SoftmaxError) {
  let dim = try softmaxDimension(dim, rank: x.rank)
  guard isKnownUniquelyReferenced(&x.storage) else {
    x = try softmaxFamily(kind, x, dim: dim, threads: threads)
    return
  }
  let threads = try threadCount(threads)
  guard x.count > 0 else { return }
  let view = Slices(shape: x.shape, dim: dim)
  try x.withUnsafeMutableBufferPointer { (buffer) throws(SoftmaxError) in
    try runSoftmax(kind, UnsafePointer(buffer.baseAddress!), buffer.baseAddress!, view, threads: threads)
  }
}

/// A member of the softmax family over one dimension of `x`, in a tensor of its own.
func softmaxFamily<Scalar: FloatingTensorScalar>(_ kind: SoftmaxKind, _ x: Tensor<Scalar>, dim: Int?, threads: Int)
  throws(SoftmaxError) -> Tensor<Scalar>
{
  let dim = try softmaxDimension(dim, rank: x.rank)
  var y = try Tensor<Scalar>(shape: x.shape) { _ in }
  try softmaxFamily(kind, x, dim: dim, into: &y, threads: threads)
  return y
}
