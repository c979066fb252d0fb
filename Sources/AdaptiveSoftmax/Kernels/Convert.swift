internal import CSoftmaxKernels

extension Tensor {
  /// The same numbers in another scalar type; the tensor itself when the type is the same.
  ///
  /// - Value to value (Float, Double, Float16, BFloat16): rounded once, to nearest even; NaN stays NaN.
  /// - Integer to value: rounded once, to nearest even.
  /// - Value to integer: truncated towards zero and clamped to the range of the type; NaN gives 0.
  /// - Integer to integer: clamped to the range of the type (PyTorch wraps).
  ///
  /// - Throws: `SoftmaxError` (`memory`; `variant`, from one value type to another).
  /// - Complexity: O(count).
  public func to<Other: TensorScalar>(_ type: Other.Type) throws(SoftmaxError) -> Tensor<Other> {
    if let same = self as? Tensor<Other> { return same }
    return try Tensor<Other>(shape: shape) { target throws(SoftmaxError) in
      if let value = Scalar.self as? any FloatingTensorScalar.Type,
        let other = Other.self as? any FloatingTensorScalar.Type
      {
        try check(
          smx_convert(value._kernelType.c, storage.base, other._kernelType.c, target.baseAddress, target.count, 0))
      } else if let integer = Scalar.self as? any IndexTensorScalar.Type {
        integer.convertAll(storage.base, to: target)
      } else {
        for i in target.indices { target.initializeElement(at: i, to: Other(converting: storage.base[i].asDouble)) }
      }
    }
  }
}

extension IndexTensorScalar {
  /// Converts `source`, which holds scalars of this type, to fill `target`.
  fileprivate static func convertAll<Other: TensorScalar>(
    _ source: UnsafeRawPointer, to target: UnsafeMutableBufferPointer<Other>
  ) {
    let source = source.assumingMemoryBound(to: Self.self)
    if let integer = Other.self as? any IndexTensorScalar.Type {
      integer.clampAll(source, to: target.baseAddress!, count: target.count)
    } else if Other.self == Double.self {
      for i in target.indices { target.initializeElement(at: i, to: Other(converting: source[i].asDouble)) }
    } else {
      for i in target.indices { target.initializeElement(at: i, to: Other(converting: source[i].asDoubleRoundedToOdd)) }
    }
  }

  /// Fills `target`, which is to hold `count` scalars of this type.
  private static func clampAll<Source: IndexTensorScalar>(
    _ source: UnsafePointer<Source>, to target: UnsafeMutableRawPointer, count: Int
  ) {
    let target = target.assumingMemoryBound(to: Self.self)
    for i in 0..<count { (target + i).initialize(to: Self(clamping: source[i])) }
  }

  /// A Double within one unit of its last place that is odd where digits were lost, so that rounding it to a shorter type
  /// gives what rounding the integer itself would.
  private var asDoubleRoundedToOdd: Double {
    let size = UInt64(magnitude)
    guard size >> 53 != 0 else { return asDouble }
    let kept = size & ~0x7FF | (size & 0x7FF == 0 ? 0 : 0x800)
    return self < 0 ? -Double(kept) : Double(kept)
  }
}
