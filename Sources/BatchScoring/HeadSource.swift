public import AdaptiveSoftmax
public import TensorFiles

/// Where a job's head comes from: a file with an adaptive head, or two tensors of a file that make a plain one.
public struct HeadSource: Sendable, Equatable {
  /// A [classes, features] matrix among the tensors of a file, and what happens to its logits.
  public struct Plain: Sendable, Equatable {
    /// The name of the matrix behind the source's prefix, such as `lm_head.weight`.
    public var weight: String
    /// The name of the bias, [classes]; nil for none.
    public var bias: String?
    /// Whether there is no bias even where the file has one beside the matrix, which is refused otherwise.
    public var leavesOutBias: Bool
    /// What the logits are multiplied by.
    public var logitScale: Double
    /// Bounds the scaled logits smoothly: softcap tanh(logit / softcap); nil for no bound.
    public var softcap: Double?

    /// The matrix of this name; by default no bias is named and the logits stay as they are.
    public init(
      weight: String, bias: String? = nil, leavesOutBias: Bool = false, logitScale: Double = 1, softcap: Double? = nil
    ) {
      self.weight = weight
      self.bias = bias
      self.leavesOutBias = leavesOutBias
      self.logitScale = logitScale
      self.softcap = softcap
    }

    /// The same with the names behind a prefix.
    func behind(_ prefix: String) -> Plain {
      var plain = self
      plain.weight = prefix + weight
      plain.bias = bias.map { prefix + $0 }
      return plain
    }

    /// What decides the results, by name.
    var options: [(name: String, value: String)] {
      [
        ("weight", weight), ("bias", bias ?? "none"), ("logit-scale", "\(logitScale)"),
        ("softcap", softcap.map(\.description) ?? "none"),
      ]
    }
  }

  /// A safetensors file, or a .pt file of a state dict.
  public var path: String
  /// How the file's bytes are reached.
  public var io: IOMode
  /// The plain head in it; nil for the one adaptive head under PyTorch's names.
  public var plain: Plain?
  /// What stands before the head's names, such as `decoder.adaptive_softmax.`; nil looks for the one adaptive head there is,
  /// and takes a plain head's names as they are.
  public var prefix: String?
  /// What the weights are held in while they are scored with.
  public var storage: WeightStorage
  /// A `PermutationFile` of the head's classes, where targets, words and outputs are in the original ids; nil for none.
  ///
  /// Bands of classes, and which of equal classes comes first, are the head's.
  public var permutation: String?

  /// The head in the file at `path`; by default the one adaptive head there is, its weights held exactly, in its own
  /// order of classes.
  public init(
    path: String, io: IOMode = .auto, plain: Plain? = nil, prefix: String? = nil, storage: WeightStorage = .exact,
    permutation: String? = nil
  ) {
    self.path = path
    self.io = io
    self.plain = plain
    self.prefix = prefix
    self.storage = storage
    self.permutation = permutation
  }
}
