internal import CSoftmaxKernels

/// A linear layer, weights [classes, depth] and bias [classes], packed once into the panels that the tile kernels stream.
///
/// Immutable; shared by everything that scores with it.
final class PackedLinear: Sendable {
  let classes: Int
  let depth: Int
  /// What is computed in, and what outputs are in: `float32` or `float64`.
  let type: KernelType
  /// What the panels hold: `type`, or a narrower type that is widened exactly as they are streamed.
  let storage: KernelType
  let hasBias: Bool
  let logits: LogitShape
  let panels: TensorStorage<UInt8>
  let biases: TensorStorage<UInt8>

  /// Packs `weight`, [classes, depth] in any storage type with rows `stride` elements apart, and `bias`, [classes], of the
  /// same type where none is said.
  ///
  /// - Throws: `SoftmaxError` (`shape`: a buffer shorter than its sizes ask for, too many classes without features;
  ///   `argument`: negative threads, a storage that does not go with Double; `memory`; `variant`).
  init(
    weight: UnsafeRawBufferPointer, stride: Int? = nil, bias: UnsafeRawBufferPointer? = nil, from source: KernelType,
    biasType: KernelType? = nil, classes: Int, depth: Int, computingIn type: KernelType,
    storage: WeightStorage = .exact, logits: LogitShape = .plain, threads: Int = 0
  ) throws(SoftmaxError) {
    let threads = try threadCount(threads)
    let type: KernelType = type == .float64 ? .float64 : .float32
    let storage = try storage.type(computingIn: type)
    let stride = stride ?? depth
    let (rows, overflow) = max(classes - 1, 0).multipliedReportingOverflow(by: stride)
    let elements = weight.count / source.size
    guard classes >= 0, depth >= 0, stride >= depth, !overflow,
      classes == 0 || (depth <= elements && rows <= elements - depth)
    else {
      throw SoftmaxError(
        .shape, "expected weights of shape [\(classes), \(depth)] (rows \(stride) apart), found \(elements) scalars")
    }
    guard depth > 0 || classes <= Self.mostUnseen else {
      throw SoftmaxError(
        .shape, "expected at most \(Self.mostUnseen) classes in a layer without features, found \(classes)")
    }
    let biasType = biasType ?? source
    if let bias, bias.count != classes * biasType.size {
      throw SoftmaxError(.shape, "expected a bias of shape [\(classes)], found [\(bias.count / biasType.size)]")
    }
    guard let panels = TensorStorage<UInt8>(uninitialized: smx_linear_bytes(classes, depth, storage.c)),
      let biases = TensorStorage<UInt8>(uninitialized: bias == nil ? 0 : classes * type.size)
    else {
      throw SoftmaxError(.memory, "out of memory: weights of shape [\(classes), \(depth)] could not be packed")
    }
    self.classes = classes
    self.depth = depth
    self.type = type
    self.storage = storage
    self.hasBias = bias != nil
    self.logits = logits
    self.panels = panels
    self.biases = biases
    if classes > 0, depth > 0 {
      try check(
        smx_linear_pack(source.c, weight.baseAddress, stride, classes, depth, storage.c, panels.base, threads))
    }
    if let bias, classes > 0 {
      try check(smx_convert(biasType.c, bias.baseAddress, type.c, biases.base, classes, threads))
    }
  }

  /// Packs `weight`, [classes, depth], and `bias`, [classes], to compute in `Scalar.Accumulator`.
  ///
  /// - Throws: `SoftmaxError` (`shape`, `argument`, `memory`, `variant`).
  convenience init<Scalar: FloatingTensorScalar>(
    _ weight: Tensor<Scalar>, bias: Tensor<Scalar>? = nil, storage: WeightStorage = .exact,
    logits: LogitShape = .plain, threads: Int = 0
  ) throws(SoftmaxError) {
    let shape = try LinearShape(weight: weight.shape, bias: bias?.shape)
    defer { withExtendedLifetime((weight, bias)) {} }
    try self.init(
      weight: UnsafeRawBufferPointer(weight.storage.buffer),
      bias: bias.map { UnsafeRawBufferPointer($0.storage.buffer) },
      from: Scalar._kernelType, classes: shape.classes, depth: shape.features,
      computingIn: Scalar.Accumulator._kernelType, storage: storage, logits: logits, threads: threads)
  }

  /// The most classes of a layer without weights: there is nothing so small that it may ask for more work.
  static let mostUnseen = 1 << 28

  var shape: LinearShape { LinearShape(classes: classes, features: depth) }

  /// The blocks of classes that the kernels compute at a time.
  var tileCount: Int { (classes + Int(SMX_CLASS_BLOCK) - 1) / Int(SMX_CLASS_BLOCK) }

  /// The weights as a tensor [classes, depth]; exact when `Scalar` can hold them.
  func unpackWeight<Scalar: FloatingTensorScalar>(as: Scalar.Type, threads: Int = 0) throws(SoftmaxError)
    -> Tensor<Scalar>
  {
    let threads = try threadCount(threads)
    return try Tensor(shape: [classes, depth]) { (buffer) throws(SoftmaxError) in
      guard !buffer.isEmpty else { return }
      try withLayer { (layer) throws(SoftmaxError) in
        try check(smx_linear_unpack(layer, Scalar._kernelType.c, buffer.baseAddress, depth, threads))
      }
    }
  }

  /// The bias as a tensor [classes], or nil when there is none; exact when `Scalar` can hold it.
  func unpackBias<Scalar: FloatingTensorScalar>(as: Scalar.Type) throws(SoftmaxError) -> Tensor<Scalar>? {
    guard hasBias else { return nil }
    return try Tensor(shape: [classes]) { (buffer) throws(SoftmaxError) in
      guard !buffer.isEmpty else { return }
      try check(smx_convert(type.c, biases.base, Scalar._kernelType.c, buffer.baseAddress, classes, 1))
    }
  }

  /// Lends the kernels' description of this layer, or of some of its classes, to `body`.
  ///
  /// - Parameter classes: begins at a multiple of `sliceStep`; nil for all.
  func withLayer<Result, Failure: Error>(
    _ classes: Range<Int>? = nil, _ body: (UnsafePointer<smx_linear>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var layer = smx_linear(
      classes: self.classes, depth: depth, type: type.c, storage: storage.c, panels: panels.base,
      bias: hasBias ? biases.base : nil, scale: logits.scale, cap: logits.softcap)
    if let classes { layer = smx_linear_slice(&layer, classes.lowerBound, classes.count) }
    defer { withExtendedLifetime(self) {} }
    return try body(&layer)
  }
}
