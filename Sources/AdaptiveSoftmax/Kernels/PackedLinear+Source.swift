extension PackedLinear {
  /// Packs the tensors of `source` named `weight`, [classes, depth], and `bias`, [classes], each of a type of its own.
  ///
  /// - Throws: `SoftmaxError` (`weights`: another number of bytes than a tensor's shape says; `shape`, `argument`,
  ///   `memory`, `variant`), and what `source` throws.
  static func packing(
    _ source: some WeightSource, weight: String, bias: String?, classes: Int, depth: Int,
    computingIn computing: KernelType, storage: WeightStorage, logits: LogitShape = .plain, threads: Int
  ) throws -> PackedLinear {
    func type(_ name: String) -> KernelType { source.weights.first { $0.name == name }?.type ?? .float32 }
    func pack(_ weights: UnsafeRawBufferPointer, _ biases: UnsafeRawBufferPointer?) throws -> PackedLinear {
      try PackedLinear(
        weight: weights, bias: biases, from: type(weight), biasType: bias.map(type), classes: classes, depth: depth,
        computingIn: computing, storage: storage, logits: logits, threads: threads)
    }
    return try source.withUnsafeWeightBytes(weight) { bytes in
      try check(bytes, of: weight, holds: [classes, depth], type(weight))
      return try aligned(bytes, type(weight)) { bytes in
        guard let bias else { return try pack(bytes, nil) }
        return try source.withUnsafeWeightBytes(bias) { biases in
          try check(biases, of: bias, holds: [classes], type(bias))
          return try aligned(biases, type(bias)) { biases in try pack(bytes, biases) }
        }
      }
    }
  }

  /// What a source hands over must be what it said.
  private static func check(
    _ bytes: UnsafeRawBufferPointer, of name: String, holds shape: [Int], _ type: KernelType
  ) throws(SoftmaxError) {
    let (expected, overflow) = try Tensor<Float>.count(of: shape).multipliedReportingOverflow(by: type.size)
    guard overflow || bytes.count != expected else { return }
    throw SoftmaxError(
      .weights, "\(name): expected \(expected) bytes for \(shape), found \(bytes.count); mend the source of the weights"
    )
  }

  /// Lends the bytes where the kernels can load them: as they are, or a copy when they stand at an odd address.
  static func aligned<Result>(
    _ bytes: UnsafeRawBufferPointer, _ type: KernelType, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    if bytes.isEmpty || Int(bitPattern: bytes.baseAddress) % type.size == 0 { return try body(bytes) }
    guard let copy = TensorStorage<UInt8>(uninitialized: bytes.count) else {
      throw SoftmaxError(
        .memory, "out of memory: weights of \(bytes.count) bytes at an odd address could not be copied")
    }
    defer { withExtendedLifetime(copy) {} }
    _ = copy.buffer.initialize(from: bytes)
    return try body(UnsafeRawBufferPointer(copy.buffer))
  }
}
