extension Tensor where Scalar: FloatingTensorScalar {
  /// Independent numbers from the standard normal distribution, as torch.randn; computed in Double and rounded once.
  ///
  /// The same generator state gives the same numbers on every platform.
  ///
  /// - Throws: `SoftmaxError` (`shape`: a negative size or a product beyond Int; `memory`).
  public static func randn(_ shape: [Int], using generator: inout some RandomNumberGenerator) throws(SoftmaxError)
    -> Tensor
  {
    var result = try Tensor(shape: shape) { _ in }
    result.withUnsafeMutableBufferPointer { buffer in
      for i in stride(from: 0, to: buffer.count, by: 2) {
        let (a, b) = generator.normalPair()
        buffer.initializeElement(at: i, to: Scalar(converting: a))
        if i + 1 < buffer.count { buffer.initializeElement(at: i + 1, to: Scalar(converting: b)) }
      }
    }
    return result
  }

  /// Independent numbers from the uniform distribution on `low ..< high`, as torch.rand.
  ///
  /// One draw u per scalar, a multiple of 2^-p in 0 ..< 1, where p is the precision of the type (Float 24, Double 53,
  /// Float16 11, BFloat16 8); the number is low + (high - low) u, computed in Double and rounded once (which may give
  /// `high` itself).
  ///
  /// - Throws: `SoftmaxError` (`argument`: bounds that are not finite or in the wrong order; `shape`; `memory`).
  public static func rand(
    _ shape: [Int], low: Double = 0, high: Double = 1, using generator: inout some RandomNumberGenerator
  ) throws(SoftmaxError) -> Tensor {
    guard low <= high, (high - low).isFinite else {
      throw SoftmaxError(
        .argument,
        "rand expects finite bounds with low <= high whose difference is finite, but got low \(low) and high \(high)")
    }
    let bits = Scalar._kernelType.precision
    var result = try Tensor(shape: shape) { _ in }
    result.withUnsafeMutableBufferPointer { buffer in
      for i in buffer.indices {
        buffer.initializeElement(at: i, to: Scalar(converting: low + (high - low) * generator.uniform(bits: bits)))
      }
    }
    return result
  }
}

extension Tensor where Scalar: IndexTensorScalar {
  /// Independent integers from `range`, each equally likely, as torch.randint.
  ///
  /// - Throws: `SoftmaxError` (`argument`: an empty range, or one that the scalar type cannot hold; `shape`; `memory`).
  public static func randint(
    _ range: Range<Int>, _ shape: [Int], using generator: inout some RandomNumberGenerator
  ) throws(SoftmaxError) -> Tensor {
    guard !range.isEmpty else {
      throw SoftmaxError(.argument, "randint expects a range that is not empty, but got \(range)")
    }
    guard Scalar(exactly: range.lowerBound) != nil, Scalar(exactly: range.upperBound - 1) != nil else {
      throw SoftmaxError(.argument, "randint expects a range within \(Scalar.dtypeName), but got \(range)")
    }
    let width = UInt64(bitPattern: Int64(range.upperBound &- range.lowerBound))
    var result = try Tensor(shape: shape) { _ in }
    result.withUnsafeMutableBufferPointer { buffer in
      for i in buffer.indices {
        let value = range.lowerBound &+ Int(truncatingIfNeeded: generator.below(width))
        buffer.initializeElement(at: i, to: Scalar(truncatingIfNeeded: value))
      }
    }
    return result
  }
}

extension KernelType {
  /// The number of significant bits.
  fileprivate var precision: Int {
    switch self {
    case .float32: 24
    case .float64: 53
    case .float16: 11
    case .bfloat16: 8
    }
  }
}
