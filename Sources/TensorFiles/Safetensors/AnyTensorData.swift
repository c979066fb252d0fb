public import AdaptiveSoftmax

/// A tensor of any type on its way into a file.
///
///     try Safetensors.write([("weight", AnyTensorData(weight)), ("ids", AnyTensorData(ids))], to: "model.safetensors")
public struct AnyTensorData: Sendable {
  /// What its elements are.
  public let elementType: ElementType
  /// Its sizes.
  public let shape: [Int]
  let byteCount: Int
  private let access: @Sendable ((UnsafeRawBufferPointer) throws(FileError) -> Void) throws(FileError) -> Void

  /// The scalars of a tensor; shares its storage.
  public init<S: TensorScalar>(_ tensor: Tensor<S>) {
    guard let type = ElementType(S.self) else { preconditionFailure("TensorScalar is a closed protocol") }
    elementType = type
    shape = tensor.shape
    byteCount = tensor.count * type.size
    access = { (body) throws(FileError) in
      try tensor.withUnsafeBufferPointer { (scalars) throws(FileError) in try body(UnsafeRawBufferPointer(scalars)) }
    }
  }

  /// Little-endian bytes, for types that no tensor has, such as `bool`; nil when they are not as many as the shape says.
  public init?(bytes: [UInt8], elementType: ElementType, shape: [Int]) {
    guard let count = SizeCheck.bytes(shape, elementType), count == bytes.count,
      SizeCheck.count(of: shape)! * elementType.bitWidth % 8 == 0
    else { return nil }
    self.elementType = elementType
    self.shape = shape
    byteCount = count
    access = { (body) throws(FileError) in
      try bytes.withUnsafeBufferPointer { (bytes) throws(FileError) in try body(UnsafeRawBufferPointer(bytes)) }
    }
  }

  func withUnsafeBytes(_ body: (UnsafeRawBufferPointer) throws(FileError) -> Void) throws(FileError) {
    try access(body)
  }
}
