/// Softmax over the channels of [batch, channels, height, width] or [channels, height, width], as a module.
///
/// PyTorch: `torch.nn.Softmax2d`.
public struct Softmax2d: Sendable, Hashable, CustomStringConvertible {
  /// It has no parameters.
  public init() {}

  /// The softmax of `x` over its third dimension from the end, in the shape of `x`.
  ///
  /// - Throws: `SoftmaxError` (`shape` for a rank other than 3 and 4, `argument`, `memory`, `variant`).
  public func callAsFunction<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>, threads: Int = 0) throws(SoftmaxError)
    -> Tensor<Scalar>
  {
    try checkRank(x)
    return try softmax(x, dim: -3, threads: threads)
  }

  /// The result written to `y`, whose storage is reused when it is not shared and holds as many scalars.
  public func callAsFunction<Scalar: FloatingTensorScalar>(
    _ x: Tensor<Scalar>, into y: inout Tensor<Scalar>, threads: Int = 0
  ) throws(SoftmaxError) {
    try checkRank(x)
    try softmax(x, dim: -3, into: &y, threads: threads)
  }

  private func checkRank<Scalar>(_ x: Tensor<Scalar>) throws(SoftmaxError) {
    guard x.rank == 3 || x.rank == 4 else {
      throw SoftmaxError(.shape, "Softmax2d: expected input to be 3D or 4D, got \(x.rank)D instead")
    }
  }

  /// As PyTorch prints it.
  public var description: String { "Softmax2d()" }
}
