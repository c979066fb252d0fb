public import AdaptiveSoftmax
public import TensorFiles

/// A head in another layout, checked and ready to be made anew in PyTorch's names.
///
///     let head = try HeadConversion("model.pt", from: .fairseq(tiedProjections: nil))
///     try head.write("head.safetensors", dtype: .bfloat16)
///
/// Weights are moved, not computed, and keep every digit that the chosen type has, but where two layers are folded into one:
/// a tied fairseq head with a projection and a Transformer-XL head with one. Those sums are in Double, rounded once.
public struct HeadConversion: Sendable {
  /// Whose names the file has.
  public let format: HeadFormat
  /// What stood before the names of the head.
  public let prefix: String
  /// The sizes of the head.
  public let layout: AdaptiveHeadLayout
  /// The type the head is stored as when none is chosen: the one type of its tensors; the widest where there are several, and
  /// at least float32 where layers are folded.
  public let naturalType: ElementType
  /// The bytes of the tensors that the head is made from.
  public let sourceBytes: Int
  let file: any TensorFile
  let recipe: HeadRecipe

  /// Opens a safetensors or .pt file and finds the head in it.
  ///
  /// - Parameters:
  ///   - prefix: what stands before the head's names, such as `decoder.adaptive_softmax.`; nil looks for the one that fits.
  /// - Throws: `ScoringError` (`missingInput`; `data`; `inputOutput`).
  public init(_ path: String, from format: HeadFormat, prefix: String? = nil, io: IOMode = .auto) throws(ScoringError) {
    let file = try fromFile { () throws(FileError) in try openTensorFile(path: path, io: io) }
    let tensors = try HeadTensors(file, format, prefix: prefix)
    let recipe = try tensors.recipe()
    let sources = Set(recipe.weights.flatMap { $0.parts.flatMap(\.sources) })
    let isFolded = recipe.weights.contains { $0.parts.contains(where: \.isComputed) }
    self.format = format
    self.prefix = tensors.prefix
    self.file = file
    self.recipe = recipe
    naturalType = Self.naturalType(tensors.types(of: Array(sources)), isFolded: isFolded)
    sourceBytes = SizeCheck.sum(file.tensors.filter { sources.contains($0.name) }.map(\.byteCount))
    layout = try recipe.layout(of: file)
  }

  private static func naturalType(_ types: Set<ElementType>, isFolded: Bool) -> ElementType {
    if types.contains(.float64) { return .float64 }
    return types.count == 1 && !isFolded ? types.first ?? .float32 : .float32
  }

  /// The head's weights in PyTorch's names and order, rounded to `Scalar`.
  ///
  /// - Throws: `ScoringError` (`usage`: negative threads or `SMX_VARIANT`, where layers are folded; `data`;
  ///   `inputOutput`).
  public func stateDict<Scalar: FloatingTensorScalar>(
    as type: Scalar.Type = Scalar.self, threads: Int = 0
  ) throws(ScoringError) -> StateDict<Scalar> {
    try loading(file.path) { try recipe.stateDict(from: file, as: type, threads: threads) }
  }

  /// Writes the head as safetensors; the file appears only when it is whole.
  ///
  /// - Parameters:
  ///   - dtype: float16, bfloat16, float32 or float64; nil for `naturalType`.
  /// - Returns: the bytes of the weights.
  /// - Throws: `ScoringError` (`usage`: another type, or as `stateDict`; `data`: a weight that is not finite, or too
  ///   large for the type; `outputExists`, `cannotCreate`, `inputOutput`).
  @discardableResult
  public func write(
    _ output: String, dtype: ElementType? = nil, overwrite: Bool = false, threads: Int = 0
  ) throws(ScoringError) -> Int {
    try write(output, dtype: dtype, overwrite: overwrite, threads: threads) { (_) throws(ScoringError) in }
  }

  /// The same, with the written file shown to `examine` under the name it has before it takes its own; when that throws,
  /// nothing is left.
  func write(
    _ output: String, dtype: ElementType?, overwrite: Bool, threads: Int,
    examine: (String) throws(ScoringError) -> Void
  ) throws(ScoringError) -> Int {
    switch dtype ?? naturalType {
    #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
      case .float16: try write(output, as: Float16.self, overwrite, threads, examine)
    #endif
    case .bfloat16: try write(output, as: BFloat16.self, overwrite, threads, examine)
    case .float32: try write(output, as: Float.self, overwrite, threads, examine)
    case .float64: try write(output, as: Double.self, overwrite, threads, examine)
    case let other:
      throw ScoringError(.usage, "expected a head's type as float16, bfloat16, float32 or float64, found \(other.name)")
    }
  }

  private func write<Scalar: FloatingTensorScalar>(
    _ output: String, as type: Scalar.Type, _ overwrite: Bool, _ threads: Int,
    _ examine: (String) throws(ScoringError) -> Void
  ) throws(ScoringError) -> Int {
    let weights = try stateDict(as: type, threads: threads)
    for (name, tensor) in weights
    where tensor.withUnsafeBufferPointer({ scalars in scalars.contains { !$0.asDouble.isFinite } }) {
      throw try notFinite(name, as: type)
    }
    let metadata = [
      "format": "pt", "converted_from": format.name, "in_features": "\(layout.inFeatures)",
      "n_classes": "\(layout.nClasses)", "cutoffs": "\(Array(layout.cutoffs.dropLast()))",
      "head_bias": "\(layout.headBias)",
    ]
    let file = try fromFile { () throws(FileError) in
      try Safetensors.draft(
        weights.map { ($0.name, AnyTensorData($0.tensor)) }, metadata: metadata, to: output, overwrite: overwrite)
    }
    try examine(file.temporaryPath)
    do throws(FileError) { try file.commit() } catch { throw ScoringError(error) }
    return weights.reduce(0) { $0 + $1.tensor.count * MemoryLayout<Scalar>.size }
  }
}

extension HeadRecipe {
  /// The sizes of the head that the recipe makes.
  fileprivate func layout(of file: any TensorFile) throws(ScoringError) -> AdaptiveHeadLayout {
    var shapes: [String: [Int]] = [:]
    for tensor in file.tensors { shapes[tensor.name] = tensor.shape }
    func shape(_ part: Part) -> [Int] {
      switch part {
      case .rows(let name, let rows): [rows.count] + (shapes[name] ?? []).dropFirst()
      case .reversed(let name): shapes[name] ?? []
      case .transposed(let name): (shapes[name] ?? []).reversed()
      case .identity(let size): [size, size]
      case .product(let part, let name, let transposed):
        [shape(part)[0], (shapes[name] ?? [0, 0])[transposed ? 0 : 1]]
      }
    }
    let weights = weights.map { weight in
      let parts = weight.parts.map(shape)
      return WeightDescription(
        name: weight.name, shape: [parts.reduce(0) { $0 + $1[0] }] + parts[0].dropFirst(), typeName: "", type: .float32)
    }
    return try about(file.path) { () throws(SoftmaxError) in try AdaptiveHeadLayout(weights: weights, prefix: "") }
  }
}
