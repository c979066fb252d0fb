/// An n-dimensional array of numbers: row-major, contiguous, with value semantics.
///
///     let x = try Tensor<Float>([[1, 2, 3], [1, 0, 0]])
///     let p = try softmax(x, dim: 1)
///     print(p.shape, p[0, 2])                       // [2, 3] 0.66524094
///
/// Copies share their storage until one of them is written to. A tensor of rank 0 holds one number; a size of 0 is legal.
public struct Tensor<Scalar: TensorScalar>: Sendable {
  /// The size of each dimension.
  public let shape: [Int]
  /// The number of scalars: the product of `shape`.
  public let count: Int
  var storage: TensorStorage<Scalar>

  /// The number of dimensions.
  public var rank: Int { shape.count }

  /// A tensor whose scalars `initialize` writes, all of them, in row-major order.
  ///
  /// - Throws: `SoftmaxError` (`shape`: a negative size or a product beyond Int; `memory`), and what `initialize` throws.
  public init(
    shape: [Int], initializingWith initialize: (UnsafeMutableBufferPointer<Scalar>) throws(SoftmaxError) -> Void
  ) throws(SoftmaxError) {
    count = try Self.count(of: shape)
    guard let storage = TensorStorage<Scalar>(uninitialized: count) else {
      throw SoftmaxError(
        .memory, "out of memory: a tensor of shape \(shape) (\(Scalar.dtypeName)) could not be allocated")
    }
    self.shape = shape
    self.storage = storage
    try initialize(storage.buffer)
  }

  init(shape: [Int], count: Int, storage: TensorStorage<Scalar>) {
    self.shape = shape
    self.count = count
    self.storage = storage
  }

  /// The product of the sizes.
  static func count(of shape: [Int]) throws(SoftmaxError) -> Int {
    guard shape.allSatisfy({ $0 >= 0 }) else {
      throw SoftmaxError(.shape, "sizes must not be negative, but the shape is \(shape)")
    }
    if shape.contains(0) { return 0 }
    var product = 1
    for size in shape {
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      guard !overflow else { throw SoftmaxError(.shape, "the shape \(shape) has more scalars than an Int can count") }
      product = next
    }
    return product
  }

  /// Calls `body` with the scalars in row-major order.
  ///
  /// - Throws: what `body` throws.
  public func withUnsafeBufferPointer<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeBufferPointer(storage.buffer))
  }

  /// Calls `body` with the scalars in row-major order, to write to; the storage is copied first when it is shared, as
  /// Array's is, and as there a copy for which there is no memory ends the program.
  ///
  /// - Throws: what `body` throws.
  public mutating func withUnsafeMutableBufferPointer<Result, Failure: Error>(
    _ body: (UnsafeMutableBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    makeUnique()
    return try body(storage.buffer)
  }

  /// Copies the storage when another tensor shares it.
  mutating func makeUnique() {
    guard !isKnownUniquelyReferenced(&storage) else { return }
    guard let copy = TensorStorage<Scalar>(uninitialized: count) else { fatalError("out of memory") }
    _ = copy.buffer.initialize(from: storage.buffer)
    storage = copy
  }

  /// Makes `self` ready to be overwritten as a result of the given shape; every `into:` form does this first.
  ///
  /// The storage is kept when it has the right size and is not shared; otherwise a fresh one is taken, its contents
  /// unspecified.
  package mutating func prepare(shape: [Int]) throws(SoftmaxError) {
    let count = try Self.count(of: shape)
    if count == self.count, isKnownUniquelyReferenced(&storage) {
      self = Tensor(shape: shape, count: count, storage: storage)
      return
    }
    guard let fresh = TensorStorage<Scalar>(uninitialized: count) else {
      throw SoftmaxError(
        .memory, "out of memory: a tensor of shape \(shape) (\(Scalar.dtypeName)) could not be allocated")
    }
    self = Tensor(shape: shape, count: count, storage: fresh)
  }
}
