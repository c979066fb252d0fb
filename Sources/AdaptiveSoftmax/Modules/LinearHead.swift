/// Log-probabilities over the classes of a plain linear layer, such as a language model's `lm_head`: any
/// [classes, features] matrix, without ever holding its logits.
///
///     log p(c | x) = log softmax(logits)[c]        logits = softcap tanh(logitScale (weight x + bias) / softcap)
///
///     let head = try LinearHead(weight: weight, bias: bias)      // [classes, features], [classes]
///     let (output, loss) = try head(hidden, target)              // hidden [..., features], target [...]
///     let best = try head.predict(hidden)                        // [...]
///
/// It is an adaptive head without tails, and answers with the same code: `AdaptiveLogSoftmaxWithLoss(head)` goes wherever
/// an adaptive head does. The weights are packed once and shared by copies. A row's results have the same bits whatever the
/// batch, its position in it, the number of threads and the instruction set. `Scalar`, Float or Double, is what is computed
/// in; Float also takes Float16 and BFloat16 weights and inputs.
public struct LinearHead<Scalar: ComputingScalar>: Sendable {
  let adaptive: AdaptiveLogSoftmaxWithLoss<Scalar>

  /// Packs `weight`, [classes, features], and `bias`, [classes].
  ///
  /// - Parameters:
  ///   - logitScale: what the logits are multiplied by, as Cohere's `logit_scale`.
  ///   - softcap: bounds the scaled logits smoothly, as Gemma's `final_logit_softcapping`; nil for no bound.
  ///   - storage: what the weights are held in.
  ///   - threads: 0 for the runtime's default.
  /// - Throws: `SoftmaxError` (`argument`: a scale or cap that is not positive, negative threads, a storage that does
  ///   not go with Double; `shape`; `weights`: no classes or no features; `memory`; `variant`).
  /// - Complexity: O(weight.count).
  public init<Storage: FloatingTensorScalar>(
    weight: Tensor<Storage>, bias: Tensor<Storage>? = nil, logitScale: Double = 1, softcap: Double? = nil,
    storage: WeightStorage = .exact, threads: Int = 0
  ) throws(SoftmaxError) where Storage.Accumulator == Scalar {
    let logits = try LogitShape(scale: logitScale, softcap: softcap, as: Scalar.self)
    let packed = try PackedLinear(weight, bias: bias, storage: storage, logits: logits, threads: threads)
    let layout = try AdaptiveHeadLayout(
      inFeatures: packed.depth, nClasses: packed.classes, headBias: packed.hasBias)
    adaptive = AdaptiveLogSoftmaxWithLoss(layout: layout, head: packed, tails: [])
  }

  /// Packs two tensors of a state dict or a file.
  ///
  /// - Parameters:
  ///   - weight: the name of a [classes, features] tensor, such as `lm_head.weight`.
  ///   - bias: the name of a [classes] tensor; nil for none.
  ///   - logitScale: what the logits are multiplied by.
  ///   - softcap: bounds the scaled logits smoothly; nil for no bound.
  ///   - dtype: what is computed in, and what the weights are converted to.
  ///   - storage: what the weights are held in.
  ///   - threads: 0 for the runtime's default.
  /// - Throws: `SoftmaxError` (`argument`: a scale or cap that is not positive, negative threads, a storage that does
  ///   not go with Double; `weights`: a missing name, a shape or type that does not fit, another number of
  ///   bytes than a tensor's shape says; `shape`: more weights than an Int can count; `memory`; `variant`), and what
  ///   `source` throws.
  /// - Complexity: O(number of weights).
  public init(
    weights source: some WeightSource, weight: String, bias: String? = nil, logitScale: Double = 1,
    softcap: Double? = nil, dtype: Scalar.Type = Float.self, storage: WeightStorage = .exact, threads: Int = 0
  ) throws {
    let logits = try LogitShape(scale: logitScale, softcap: softcap, as: Scalar.self)
    let layout = try AdaptiveHeadLayout(weights: source.weights, weight: weight, bias: bias)
    let packed = try PackedLinear.packing(
      source, weight: weight, bias: bias, classes: layout.nClasses, depth: layout.inFeatures,
      computingIn: Scalar._kernelType, storage: storage, logits: logits, threads: threads)
    adaptive = AdaptiveLogSoftmaxWithLoss(layout: layout, head: packed, tails: [])
  }

  /// The number of features of an input row.
  public var inFeatures: Int { adaptive.inFeatures }
  /// The number of classes.
  public var nClasses: Int { adaptive.nClasses }
  /// Whether the layer has a bias.
  public var hasBias: Bool { adaptive.layout.headBias }
  /// What the logits are multiplied by.
  public var logitScale: Double { adaptive.head.logits.scale }
  /// What bounds the scaled logits; nil for no bound.
  public var softcap: Double? { adaptive.head.logits.softcap == 0 ? nil : adaptive.head.logits.softcap }

  /// The weights and, where there is one, the bias under these names, exactly as they are held.
  ///
  /// `init(weights:)` takes them. `logitScale` and `softcap` are no tensors and stay with the caller.
  ///
  /// - Throws: `SoftmaxError` (`memory`, `variant`).
  /// - Complexity: O(number of weights).
  public func stateDict(weight: String = "weight", bias: String = "bias") throws(SoftmaxError) -> StateDict<Scalar> {
    var dict = StateDict<Scalar>()
    dict[weight] = try adaptive.head.unpackWeight(as: Scalar.self)
    dict[bias] = try adaptive.head.unpackBias(as: Scalar.self)
    return dict
  }
}

extension LinearHead: CustomStringConvertible {
  /// As PyTorch prints a linear layer.
  public var description: String {
    "LinearHead(in_features=\(inFeatures), out_features=\(nClasses), bias=\(hasBias ? "True" : "False"))"
  }
}

extension AdaptiveLogSoftmaxWithLoss {
  /// A plain head as an adaptive head without tails; the weights are shared.
  public init(_ head: LinearHead<Scalar>) { self = head.adaptive }
}

extension LinearHead {
  /// An adaptive head without tails as a plain head, the weights shared; nil for one with tails.
  public init?(_ head: AdaptiveLogSoftmaxWithLoss<Scalar>) {
    guard head.cutoffs.count == 1 else { return nil }
    adaptive = head
  }
}
