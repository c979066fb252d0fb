extension Tensor {
  /// The scalars in row-major order, in the given shape.
  ///
  /// - Throws: `SoftmaxError` (`shape`: a negative size, another number of scalars than the shape holds; `memory`).
  public init(shape: [Int], scalars: [Scalar]) throws(SoftmaxError) {
    let needed = try Self.count(of: shape)
    guard needed == scalars.count else {
      throw SoftmaxError(
        .shape, "the shape \(shape) needs \(needed) scalars, but got \(scalars.count)")
    }
    try self.init(shape: shape) { buffer in _ = buffer.initialize(from: scalars) }
  }

  /// A tensor of rank 1.
  ///
  /// Like Array, it ends the program when there is no memory left for a copy.
  public init(_ scalars: [Scalar]) {
    guard let storage = TensorStorage<Scalar>(uninitialized: scalars.count) else { fatalError("out of memory") }
    _ = storage.buffer.initialize(from: scalars)
    self.init(shape: [scalars.count], count: scalars.count, storage: storage)
  }

  /// A tensor of rank 0, which holds one number.
  public init(scalar: Scalar) {
    guard let storage = TensorStorage<Scalar>(uninitialized: 1) else { fatalError("out of memory") }
    storage.base.initialize(to: scalar)
    self.init(shape: [], count: 1, storage: storage)
  }

  /// A tensor of the given shape that holds `value` everywhere, as torch.full.
  ///
  /// - Throws: `SoftmaxError` (`shape`: a negative size or a product beyond Int; `memory`).
  public static func full(_ shape: [Int], _ value: Scalar) throws(SoftmaxError) -> Tensor {
    try Tensor(shape: shape) { buffer in buffer.initialize(repeating: value) }
  }

  /// A tensor of zeros.
  ///
  /// - Throws: `SoftmaxError` (`shape`, `memory`), as `full(_:_:)`.
  public static func zeros(_ shape: [Int]) throws(SoftmaxError) -> Tensor { try full(shape, .zeroScalar) }

  /// A tensor of ones.
  ///
  /// - Throws: `SoftmaxError` (`shape`, `memory`), as `full(_:_:)`.
  public static func ones(_ shape: [Int]) throws(SoftmaxError) -> Tensor { try full(shape, Scalar(converting: 1)) }
}
