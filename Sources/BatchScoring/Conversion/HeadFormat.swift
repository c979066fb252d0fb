/// The layouts that adaptive heads are stored in.
public enum HeadFormat: Sendable, Equatable {
  /// `head.weight`, `head.bias`, `tail.{i}.0.weight`, `tail.{i}.1.weight`, and `tail.{i}.1.bias` where the tails have biases.
  case pytorch
  /// fairseq's `AdaptiveSoftmax`: dropout between a tail's layers (`tail.{i}.2.weight`), and ties to the input embedding:
  /// a head of `head.word_proj` and `head.class_proj`, projections stored transposed, [inFeatures, width].
  ///
  /// Which way a square projection stands cannot be seen: `tiedProjections` tells.
  case fairseq(tiedProjections: Bool?)
  /// Transformer-XL's `ProjectedAdaptiveLogSoftmax`: `cluster_weight` and `cluster_bias` apart, `out_layers` with biases,
  /// `out_projs` applied transposed, to the head too.
  ///
  /// The two codes in use read the same weights differently, which cannot be seen either: `order` tells. With div_val 1
  /// one layer holds all classes, and `cutoffs` must tell where the clusters end.
  case transformerXL(order: ClusterOrder, cutoffs: [Int]?)

  /// Which of the head's last columns is whose.
  public enum ClusterOrder: String, Sendable, CaseIterable {
    /// Tail i is column -(i + 1): the original code, and Hugging Face's `log_prob`.
    case original
    /// Tail i is column shortlist + i: Hugging Face's loss.
    case huggingface
  }

  /// The name on the command line and in the metadata of converted heads.
  public var name: String {
    switch self {
    case .pytorch: "pytorch"
    case .fairseq: "fairseq"
    case .transformerXL: "transformer-xl"
    }
  }

  /// Names that all heads of this format have, to find their prefix by: any of the first, and the second.
  var landmarks: (anyOf: [String], and: String) {
    switch self {
    case .pytorch: (["head.weight"], "tail.0.1.weight")
    case .fairseq:
      (["head.weight", "head.word_proj.weight", "head.word_proj.1.weight"], "tail.0.2.weight")
    case .transformerXL: (["cluster_weight"], "out_layers.0.weight")
    }
  }
}
