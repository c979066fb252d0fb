/// Softmin over one dimension, as a module.
///
/// See `softmin(_:dim:threads:)`.
///
/// PyTorch: `torch.nn.Softmin`.
public struct Softmin: Sendable, Hashable, CustomStringConvertible {
  /// The dimension to normalise over; `nil` is PyTorch's implicit choice.
  public let dim: Int?

  /// Nothing is checked before the call, as in PyTorch.
  public init(dim: Int?) { self.dim = dim }

  /// The softmin of `x` over `dim`, in the shape of `x`: `softmin(x, dim: dim)`.
  ///
  /// - Throws: `SoftmaxError` (`dimension`, `argument`, `memory`, `variant`).
  public func callAsFunction<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>, threads: Int = 0) throws(SoftmaxError)
    -> Tensor<Scalar>
  {
    try softmin(x, dim: dim, threads: threads)
  }

  /// The result written to `y`, whose storage is reused when it is not shared and holds as many scalars.
  public func callAsFunction<Scalar: FloatingTensorScalar>(
    _ x: Tensor<Scalar>, into y: inout Tensor<Scalar>, threads: Int = 0
  ) throws(SoftmaxError) {
    try softmin(x, dim: dim, into: &y, threads: threads)
  }

  /// As PyTorch prints it, such as `Softmin(dim=1)`.
  public var description: String { "Softmin(dim=\(dim.map(String.init) ?? "None"))" }
}
