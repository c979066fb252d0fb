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
  /// - Throws: `SoftmaxError` (`argument`, `memory`).
  /// - Complexity: O(number of weights).
  public init(
    inFeatures: Int, nClasses: Int, cutoffs: [Int], divValue: Double = 4, headBias: Bool = false,
    tailBias: Bool = false, allowZeroWidthTails: Bool = false, using generator: inout some RandomNumberGenerator,
    dtype: Scalar.Type = Float.self
  ) throws(SoftmaxError) {
    let layout = try AdaptiveHeadLayout(
      inFeatures: inFeatures, nClasses: nClasses, cutoffs: cutoffs, divValue: divValue, headBias: headBias,
      tailBias: tailBias, allowZeroWidthTails: allowZeroWidthTails)
    let head = try Self.draw([layout.headSize, inFeatures], fanIn: inFeatures, &generator)
    let bias = headBias ? try Self.draw([layout.headSize], fanIn: inFeatures, &generator) : nil
    let packedHead = try PackedLinear(head, bias: bias)
    var tails: [Tail] = []
    for i in 0..<layout.nClusters {
      let width = layout.tailFeatures[i]
      let projection = try PackedLinear(Self.draw([width, inFeatures], fanIn: inFeatures, &generator))
      let classes = layout.tailClasses(i).count
      let weight = try Self.draw([classes, width], fanIn: width, &generator)
      let tailBias = layout.tailBias ? try Self.draw([classes], fanIn: width, &generator) : nil
      let output = try PackedLinear(weight, bias: tailBias)
      tails.append(try Tail(projection: projection, output: output))
    }
    self.init(layout: layout, head: packedHead, tails: tails)
  }

  /// The same, drawn from the system's random numbers.
  ///
  /// - Throws: `SoftmaxError` (`argument`, `memory`).
  public init(
    inFeatures: Int, nClasses: Int, cutoffs: [Int], divValue: Double = 4, headBias: Bool = false,
    tailBias: Bool = false, allowZeroWidthTails: Bool = false, dtype: Scalar.Type = Float.self
  ) throws(SoftmaxError) {
    var generator = SystemRandomNumberGenerator()
    try self.init(
      inFeatures: inFeatures, nClasses: nClasses, cutoffs: cutoffs, divValue: divValue, headBias: headBias,
      tailBias: tailBias, allowZeroWidthTails: allowZeroWidthTails, using: &generator, dtype: dtype)
  }

  private static func draw(_ shape: [Int], fanIn: Int, _ generator: inout some RandomNumberGenerator)
    throws(SoftmaxError) -> Tensor<Scalar>
  {
    let bound = 1 / Double(max(fanIn, 1)).squareRoot()
    return try Tensor.rand(shape, low: -bound, high: bound, using: &generator)
  }
}
