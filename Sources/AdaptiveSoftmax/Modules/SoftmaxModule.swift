/// Softmax over one dimension, as a module.
///
/// See `softmax(_:dim:threads:)`.
///
/// PyTorch: `torch.nn.Softmax`.
public struct Softmax: Sendable, Hashable, CustomStringConvertible {
  /// The dimension to normalise over; `nil` is PyTorch's implicit choice.
  public let dim: Int?

  /// Nothing is checked before the call, as in PyTorch.
  public init(dim: Int?) { self.dim = dim }

  /// The softmax of `x` over `dim`, in the shape of `x`: `softmax(x, dim: dim)`.
  ///
  /// - Throws: `SoftmaxError` (`dimension`, `argument`, `memory`, `variant`).
  public func callAsFunction<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>, threads: Int = 0) throws(SoftmaxError)
    -> Tensor<Scalar>
  {
    try softmax(x, dim: dim, threads: threads)
  }

  /// The result written to `y`, whose storage is reused when it is not shared and holds as many scalars.
  public func callAsFunction<Scalar: FloatingTensorScalar>(
    _ x: Tensor<Scalar>, into y: inout Tensor<Scalar>, threads: Int = 0
  ) throws(SoftmaxError) {
    try softmax(x, dim: dim, into: &y, threads: threads)
  }

  /// As PyTorch prints it, such as `Softmax(dim=1)`.
  public var description: String { "Softmax(dim=\(dim.map(String.init) ?? "None"))" }
}
