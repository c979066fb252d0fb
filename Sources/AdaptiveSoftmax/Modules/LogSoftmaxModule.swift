/// Log-softmax over one dimension, as a module.
///
/// See `logSoftmax(_:dim:threads:)`.
///
/// PyTorch: `torch.nn.LogSoftmax`.
public struct LogSoftmax: Sendable, Hashable, CustomStringConvertible {
  /// The dimension to normalise over; `nil` is PyTorch's implicit choice.
  public let dim: Int?

  /// Nothing is checked before the call, as in PyTorch.
  public init(dim: Int?) { self.dim = dim }

  /// The log-softmax of `x` over `dim`, in the shape of `x`: `logSoftmax(x, dim: dim)`.
  ///
  /// - Throws: `SoftmaxError` (`dimension`, `argument`, `memory`, `variant`).
  public func callAsFunction<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>, threads: Int = 0) throws(SoftmaxError)
    -> Tensor<Scalar>
  {
    try logSoftmax(x, dim: dim, threads: threads)
  }

  /// The result written to `y`, whose storage is reused when it is not shared and holds as many scalars.
  public func callAsFunction<Scalar: FloatingTensorScalar>(
    _ x: Tensor<Scalar>, into y: inout Tensor<Scalar>, threads: Int = 0
  ) throws(SoftmaxError) {
    try logSoftmax(x, dim: dim, into: &y, threads: threads)
  }

  /// As PyTorch prints it, such as `LogSoftmax(dim=1)`.
  public var description: String { "LogSoftmax(dim=\(dim.map(String.init) ?? "None"))" }
}
