/// A named weight: what is known of it before its bytes are read.
public struct WeightDescription: Sendable, Equatable {
  /// Its name in the source.
  public let name: String
  /// Its sizes, of the scalars in row-major order.
  public let shape: [Int]
  /// The type as the source spells it, for error texts.
  public let typeName: String
  /// The type, or nil when it is none that weights can have.
  public let type: KernelType?

  /// A weight of this name, shape and type; a nil `type` is one that weights cannot have.
  public init(name: String, shape: [Int], typeName: String, type: KernelType?) {
    self.name = name
    self.shape = shape
    self.typeName = typeName
    self.type = type
  }

  /// What is said of a type that holds no weights.
  var wrongType: SoftmaxError {
    SoftmaxError(.weights, "\(name): expected float16, bfloat16, float32 or float64, found \(typeName)")
  }

  /// Names in double quotes, the first ten of them.
  static func list(_ names: [String]) -> String {
    let more = names.count > 10 ? " and \(names.count - 10) more" : ""
    return names.prefix(10).map(quoted).joined(separator: ", ") + more
  }

  /// A name in double quotes, cut after 80 characters.
  static func quoted(_ name: String) -> String { "\"\(name.prefix(80))\(name.count > 80 ? "..." : "")\"" }
}

/// Where a module's weights come from: a state dict in memory, or a mapped file, packed without a copy in between.
public protocol WeightSource {
  /// Every tensor of the source, in its order.
  var weights: [WeightDescription] { get }

  /// Calls `body` with the row-major scalars of the tensor of that name, which may stand at any address.
  ///
  /// - Throws: what reading the source throws, and what `body` throws.
  func withUnsafeWeightBytes<Result>(
    _ name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result
}
