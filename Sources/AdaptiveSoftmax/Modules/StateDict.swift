/// Named tensors in order, as PyTorch's `state_dict()`.
public struct StateDict<Scalar: FloatingTensorScalar>: Sendable {
  private var entries: [(name: String, tensor: Tensor<Scalar>)] = []

  /// No tensors.
  public init() {}

  /// The tensor of that name; setting a new name appends it, setting nil removes it.
  ///
  /// - Complexity: O(count).
  public subscript(name: String) -> Tensor<Scalar>? {
    get { entries.first { $0.name == name }?.tensor }
    set {
      let index = entries.firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let tensor?): entries[index].tensor = tensor
      case (let index?, nil): entries.remove(at: index)
      case (nil, let tensor?): entries.append((name, tensor))
      case (nil, nil): break
      }
    }
  }
}

extension StateDict: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { entries.count }
  /// The name and tensor at a place of the order.
  public subscript(position: Int) -> (name: String, tensor: Tensor<Scalar>) { entries[position] }
}

extension StateDict: ExpressibleByDictionaryLiteral {
  /// The tensors in the literal's order; of a name that comes twice the last.
  public init(dictionaryLiteral elements: (String, Tensor<Scalar>)...) {
    for (name, tensor) in elements { self[name] = tensor }
  }
}

extension StateDict: WeightSource {
  public var weights: [WeightDescription] {
    map {
      WeightDescription(
        name: $0.name, shape: $0.tensor.shape, typeName: Scalar.dtypeName, type: Scalar._kernelType)
    }
  }

  public func withUnsafeWeightBytes<Result>(
    _ name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    guard let tensor = self[name] else { throw SoftmaxError(.weights, "there is no tensor named \"\(name)\"") }
    return try tensor.withUnsafeBufferPointer { try body(UnsafeRawBufferPointer($0)) }
  }
}
