/// Cross-entropy of a linear layer's logits, as a module that owns the layer; the logits are never made.
///
///     loss = crossEntropy(input linear.weight^T + linear.bias, target)      input [..., features], target [...]
///
/// See `linearCrossEntropy(_:_:_:weight:ignoreIndex:reduction:labelSmoothing:threads:)`. A `LinearHead` of the same
/// weights answers all else: classes, ranks, draws. `Scalar` is that of the inputs and the class weights; the layer
/// computes in Double for Double and in Float for the others.
///
/// PyTorch: `torch.nn.LinearCrossEntropyLoss`, for targets of one class a row (no `out_features`, no class
/// probabilities).
public struct LinearCrossEntropyLoss<Scalar: FloatingTensorScalar>: Sendable {
  /// The layer, packed once and shared by copies.
  public let linear: LinearWeights<Scalar.Accumulator>
  /// A factor for each class, [classes].
  public let weight: Tensor<Scalar>?
  /// The target that does not count.
  public let ignoreIndex: Int
  /// How the rows' losses become one.
  public let reduction: Reduction
  /// Between 0 and 1.
  public let labelSmoothing: Double

  /// The loss of a layer that is packed.
  ///
  /// - Throws: `SoftmaxError` (`shape`: class weights of another shape than [classes]; `argument`: a smoothing outside
  ///   0 ... 1), here and not at the call, as in PyTorch.
  public init(
    linear: LinearWeights<Scalar.Accumulator>, weight: Tensor<Scalar>? = nil, ignoreIndex: Int = -100,
    reduction: Reduction = .mean, labelSmoothing: Double = 0
  ) throws(SoftmaxError) {
    try Self.check(classes: linear.classes, weight: weight?.shape, labelSmoothing)
    self.linear = linear
    self.weight = weight
    self.ignoreIndex = ignoreIndex
    self.reduction = reduction
    self.labelSmoothing = labelSmoothing
  }

  /// What is checked before any work on the layer.
  private static func check(classes: Int, weight: [Int]?, _ labelSmoothing: Double) throws(SoftmaxError) {
    try LossShape(input: [classes]).checkWeight(weight)
    try checkLabelSmoothing(labelSmoothing)
  }

  /// The loss of a layer with PyTorch's initial weights: uniform in +-1 / sqrt(inFeatures), the bias too.
  ///
  /// - Throws: `SoftmaxError` (`shape`: a negative size, more weights than an Int can count, class weights of another
  ///   shape; `argument`: a smoothing outside 0 ... 1; `memory`; `variant`).
  /// - Complexity: O(inFeatures numClasses).
  public init(
    inFeatures: Int, numClasses: Int, bias: Bool = false, weight: Tensor<Scalar>? = nil, ignoreIndex: Int = -100,
    reduction: Reduction = .mean, labelSmoothing: Double = 0, using generator: inout some RandomNumberGenerator
  ) throws(SoftmaxError) {
    try Self.check(classes: numClasses, weight: weight?.shape, labelSmoothing)
    let matrix = try Tensor<Scalar>.initialWeights([numClasses, inFeatures], inputs: inFeatures, using: &generator)
    let biases = bias ? try Tensor<Scalar>.initialWeights([numClasses], inputs: inFeatures, using: &generator) : nil
    try self.init(
      linear: LinearWeights(matrix, bias: biases), weight: weight, ignoreIndex: ignoreIndex, reduction: reduction,
      labelSmoothing: labelSmoothing)
  }

  /// The loss of rows.
  ///
  /// - Parameters:
  ///   - input: [..., features].
  ///   - target: class ids of any integer type, [...].
  ///   - threads: 0 for the runtime's default.
  /// - Returns: rank 0, or [...] for `Reduction.none`; Float for Float16 and BFloat16.
  /// - Throws: `SoftmaxError` (`shape`, `target`, `argument`, `memory`, `variant`).
  /// - Complexity: O(rows inFeatures classes). Error of a logit: at most (features + 1) / 2 ULP of the bias and the sum
  ///   of its products' sizes, with random signs typically below 3. Of a row's loss without weight and smoothing, for
  ///   the logits as computed: at most 12 ULP (Double 14) above 1/16, below 70 (Double 520). Sums are in Double and
  ///   round once.
  public func callAsFunction<Index: IndexTensorScalar>(
    _ input: Tensor<Scalar>, _ target: Tensor<Index>, threads: Int = 0
  ) throws(SoftmaxError) -> Tensor<Scalar.Accumulator> {
    try linearCrossEntropy(
      input, linear, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction,
      labelSmoothing: labelSmoothing, threads: threads)
  }

  /// The same, written to `loss`, whose storage is reused when it is not shared and holds as many scalars.
  public func callAsFunction<Index: IndexTensorScalar>(
    _ input: Tensor<Scalar>, _ target: Tensor<Index>, into loss: inout Tensor<Scalar.Accumulator>, threads: Int = 0
  ) throws(SoftmaxError) {
    try linearCrossEntropy(
      input, linear, target, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction,
      labelSmoothing: labelSmoothing, into: &loss, threads: threads)
  }
}

extension LinearCrossEntropyLoss {
  /// The loss of the layer in `source`: `linear.weight`, [classes, features], and `linear.bias`, [classes], where there
  /// is one; and the class weights `weight`, [classes], where there are some.
  ///
  /// - Parameters:
  ///   - prefix: what stands before these names.
  ///   - threads: 0 for the runtime's default.
  /// - Throws: `SoftmaxError` (`weights`: a missing name, a shape or type that does not fit, another number of
  ///   bytes than a tensor's shape says; `shape`: class weights for another number of classes, more weights than an Int
  ///   can count; `argument`: a smoothing outside 0 ... 1, negative threads; `memory`; `variant`), and what `source`
  ///   throws.
  /// - Complexity: O(number of weights).
  public init(
    weights source: some WeightSource, prefix: String = "", ignoreIndex: Int = -100, reduction: Reduction = .mean,
    labelSmoothing: Double = 0, threads: Int = 0
  ) throws {
    let weights = source.weights, bias = prefix + "linear.bias"
    let hasBias = weights.contains { $0.name == bias }
    let layout = try AdaptiveHeadLayout(
      weights: weights, weight: prefix + "linear.weight", bias: hasBias ? bias : nil)
    let found = weights.first { $0.name == prefix + "weight" }
    try Self.check(classes: layout.nClasses, weight: found?.shape, labelSmoothing)
    let weight = try found.map { try Tensor<Scalar>(reading: $0, of: source) }
    let packed = try PackedLinear.packing(
      source, weight: prefix + "linear.weight", bias: hasBias ? bias : nil, classes: layout.nClasses,
      depth: layout.inFeatures, computingIn: Scalar.Accumulator._kernelType, storage: .exact, threads: threads)
    try self.init(
      linear: LinearWeights(packed), weight: weight, ignoreIndex: ignoreIndex, reduction: reduction,
      labelSmoothing: labelSmoothing)
  }

  /// The weights under PyTorch's names, in PyTorch's order: `weight` where the classes have factors, `linear.weight`,
  /// and `linear.bias` where there is one.
  ///
  /// - Throws: `SoftmaxError` (`memory`, `variant`).
  /// - Complexity: O(number of weights).
  public func stateDict() throws(SoftmaxError) -> StateDict<Scalar> {
    var dict = StateDict<Scalar>()
    dict["weight"] = weight
    dict["linear.weight"] = try linear.packed.unpackWeight(as: Scalar.self)
    dict["linear.bias"] = try linear.packed.unpackBias(as: Scalar.self)
    return dict
  }
}

extension LinearCrossEntropyLoss: CustomStringConvertible {
  /// As PyTorch prints it, with what its None for `ignore_index` stands for.
  public var description: String {
    let bias = "bias=\(linear.hasBias ? "True" : "False")"
    return """
      LinearCrossEntropyLoss(
        in_features=\(linear.features), num_classes=\(linear.classes), out_features=(), \(bias), reduction=\(reduction), \
      ignore_index=\(ignoreIndex), label_smoothing=\(labelSmoothing), options=None
        (linear): Linear(in_features=\(linear.features), out_features=\(linear.classes), \(bias))
      )
      """
  }
}
