internal import CSoftmaxKernels

extension Tensor where Scalar: FloatingTensorScalar {
  /// A tensor of a source, converted to `Scalar`.
  ///
  /// - Throws: `SoftmaxError` (`weights`: a type that holds no weights, another number of bytes than the shape has;
  ///   `shape`; `memory`; `variant`), and what `source` throws.
  init(reading weight: WeightDescription, of source: some WeightSource) throws {
    guard let type = weight.type else { throw weight.wrongType }
    self = try source.withUnsafeWeightBytes(weight.name) { bytes in
      try PackedLinear.aligned(bytes, type) { bytes in
        try Tensor(shape: weight.shape) { (buffer) throws(SoftmaxError) in
          guard bytes.count == buffer.count * type.size else {
            throw SoftmaxError(
              .weights, "\(weight.name): expected \(buffer.count) scalars, found \(bytes.count / type.size)")
          }
          try check(smx_convert(type.c, bytes.baseAddress, Scalar._kernelType.c, buffer.baseAddress, buffer.count, 1))
        }
      }
    }
  }
}
