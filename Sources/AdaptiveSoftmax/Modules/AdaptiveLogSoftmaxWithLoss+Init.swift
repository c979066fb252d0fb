extension AdaptiveLogSoftmaxWithLoss {
  /// A module with PyTorch's initial weights: each layer, bias included, uniform in +-1 / sqrt(its number of inputs),
  /// drawn in the order of the state dict.
  ///
  /// - Parameters:
  ///   - cutoffs: where the shortlist and each tail but the last end: increasing, each in `1 ..< nClasses`.
  ///   - divValue: tail i projects to floor(inFeatures / divValue^(i + 1)) features.
  ///   - tailBias: gives each tail's last layer a bias, which PyTorch's module has not.
  ///   - allowZeroWidthTails: builds a tail of width 0, whose classes are always uniform, as PyTorch does; by default it
  ///     is refused.
  ///   - dtype: what is computed in: `Float.self` or `Double.self`.
  /// - Throws: `SoftmaxError` (`argument`; `shape`: a layer of more weights than an Int can count; `memory`;
  ///   `variant`).
  /// - Complexity: O(number of weights).
  public init(
    inFeatures: Int, nClasses: Int, cutoffs: [Int], divValue: Double = 4, headBias: Bool = false,
    tailBias: Bool = false, allowZeroWidthTails: Bool = false, using generator: inout some RandomNumberGenerator,
    dtype: Scalar.Type = Float.self
  ) throws(SoftmaxError) {
    let layout = try AdaptiveHeadLayout(
      inFeatures: inFeatures, nClasses: nClasses, cutoffs: cutoffs, divValue: divValue, headBias: headBias,
      tailBias: tailBias, allowZeroWidthTails: allowZeroWidthTails)
    func draw(_ shape: [Int], inputs: Int) throws(SoftmaxError) -> Tensor<Scalar> {
      try .initialWeights(shape, inputs: inputs, using: &generator)
    }
    let head = try draw([layout.headSize, inFeatures], inputs: inFeatures)
    let bias = headBias ? try draw([layout.headSize], inputs: inFeatures) : nil
    let packedHead = try PackedLinear(head, bias: bias)
    var tails: [Tail] = []
    for i in 0..<layout.nClusters {
      let width = layout.tailFeatures[i]
      let projection = try PackedLinear(draw([width, inFeatures], inputs: inFeatures))
      let classes = layout.tailClasses(i).count
      let weight = try draw([classes, width], inputs: width)
      let tailBias = layout.tailBias ? try draw([classes], inputs: width) : nil
      let output = try PackedLinear(weight, bias: tailBias)
      tails.append(try Tail(projection: projection, output: output))
    }
    self.init(layout: layout, head: packedHead, tails: tails)
  }

  /// The same, drawn from the system's random numbers.
  ///
  /// - Throws: `SoftmaxError` (`argument`, `shape`, `memory`, `variant`).
  public init(
    inFeatures: Int, nClasses: Int, cutoffs: [Int], divValue: Double = 4, headBias: Bool = false,
    tailBias: Bool = false, allowZeroWidthTails: Bool = false, dtype: Scalar.Type = Float.self
  ) throws(SoftmaxError) {
    var generator = SystemRandomNumberGenerator()
    try self.init(
      inFeatures: inFeatures, nClasses: nClasses, cutoffs: cutoffs, divValue: divValue, headBias: headBias,
      tailBias: tailBias, allowZeroWidthTails: allowZeroWidthTails, using: &generator, dtype: dtype)
  }
}
