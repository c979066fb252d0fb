/// A linear layer, weights [classes, features] and bias [classes], packed once for the kernels.
///
/// For `linearLogSumExp` and `linearCrossEntropy`. Immutable; copies share the packed memory.
///
/// `Value` is what the layer computes in: Double for Double, Float for the others.
public struct LinearWeights<Value: FloatingTensorScalar & BinaryFloatingPoint>: Sendable {
  let packed: PackedLinear

  /// The rows of the weights.
  public var classes: Int { packed.classes }
  /// The columns of the weights.
  public var features: Int { packed.depth }
  /// Whether a bias is packed with them.
  public var hasBias: Bool { packed.hasBias }

  /// Packs `weight`, [classes, features], and `bias`, [classes].
  ///
  /// - Parameter threads: 0 for the runtime's default.
  /// - Throws: `SoftmaxError` (`shape`; `argument`: negative threads; `memory`; `variant`).
  /// - Complexity: O(weight.count). Memory: features times the classes, rounded up to a multiple of 32, and the bias; 4
  ///   bytes each, 8 in Double.
  public init<Scalar: FloatingTensorScalar>(_ weight: Tensor<Scalar>, bias: Tensor<Scalar>? = nil, threads: Int = 0)
    throws(SoftmaxError) where Scalar.Accumulator == Value
  {
    packed = try PackedLinear(weight, bias: bias, threads: threads)
  }

  /// A layer that is packed already.
  init(_ packed: PackedLinear) { self.packed = packed }
}
