public import AdaptiveSoftmax

/// The tensors of a file as the weights of a module, packed straight from its bytes where the file is mapped.
///
///     let file = try openTensorFile(path: "head.safetensors")
///     let head = try AdaptiveLogSoftmaxWithLoss<Float>(weights: FileWeights(file))
///     let plain = try LinearHead<Float>(weights: FileWeights(file), weight: "lm_head.weight")
///
/// In place of PyTorch's `module.load_state_dict(torch.load(path))`.
public struct FileWeights: WeightSource, Sendable {
  private let file: any TensorFile
  /// Every tensor of the file, in its order; then, as of no type that weights can have, what else stands where weights do.
  public let weights: [WeightDescription]

  /// The tensors of a file that is open.
  public init(_ file: any TensorFile) {
    self.file = file
    let tensors = file.tensors.map {
      WeightDescription(
        name: $0.name, shape: $0.shape, typeName: $0.elementType.name, type: Self.kernelType($0.elementType))
    }
    weights =
      tensors
      + file.skipped.filter(\.mayBeWeights).map {
        WeightDescription(name: $0.name, shape: [], typeName: $0.kind, type: nil)
      }
  }

  /// Calls `body` with the little-endian bytes of a tensor, which are valid during the call only.
  ///
  /// - Throws: `FileError` (`malformed` when there is no such tensor; `truncated`, `readFailed`), and what `body` throws.
  public func withUnsafeWeightBytes<Result>(
    _ name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    try file.withUnsafeBytes(of: name, body)
  }

  private static func kernelType(_ type: ElementType) -> KernelType? {
    switch type {
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .float32: .float32
    case .float64: .float64
    default: nil
    }
  }
}
