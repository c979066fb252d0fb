/// Log-probabilities over very many classes, most of them rare: frequent classes in a head, the others in tails whose
/// logits are computed from ever narrower projections, and only for the rows that need them.
///
///     log p(c | x) = log softmax(head x)[c]                                                     c in the shortlist
///     log p(c | x) = log softmax(head x)[shortlist + i] + log softmax(output_i projection_i x)[c - cutoffs[i]]   in tail i
///
///     var generator = SystemRandomNumberGenerator()
///     let head = try AdaptiveLogSoftmaxWithLoss(
///       inFeatures: 1024, nClasses: 267_735, cutoffs: [20_000, 40_000, 200_000], using: &generator)
///     let (output, loss) = try head(hidden, target)          // hidden [..., 1024], target [...]
///     let best = try head.predict(hidden)                    // [...]
///
/// The weights are packed once and shared by copies of the module. A row's results have the same bits whatever the
/// batch, its position in it, the number of threads and the instruction set. `Scalar`, Float or Double, is what is
/// computed in; Float also takes Float16 and BFloat16 weights and inputs.
///
/// Source: Grave et al. 2017, "Efficient softmax approximation for GPUs"; PyTorch's `nn.AdaptiveLogSoftmaxWithLoss`.
public struct AdaptiveLogSoftmaxWithLoss<Scalar: ComputingScalar>: Sendable {
  /// The sizes: classes, cutoffs, widths of the projections.
  public let layout: AdaptiveHeadLayout
  let head: PackedLinear
  let tails: [Tail]

  /// The two linear layers of a tail: [width, inFeatures], then [classes, width].
  struct Tail: Sendable {
    let projection: PackedLinear
    let output: PackedLinear
    let reach: TailReach?

    init(projection: PackedLinear, output: PackedLinear, threads: Int = 0) throws(SoftmaxError) {
      self.projection = projection
      self.output = output
      reach = try TailReach.fit(output, threads: threads)
    }
  }

  init(layout: AdaptiveHeadLayout, head: PackedLinear, tails: [Tail]) {
    self.layout = layout
    self.head = head
    self.tails = tails
  }

  /// The number of features of an input row.
  public var inFeatures: Int { layout.inFeatures }
  /// The number of classes.
  public var nClasses: Int { layout.nClasses }
  /// Where each band of classes ends, `nClasses` last, as PyTorch's attribute of the name.
  public var cutoffs: [Int] { layout.cutoffs }
}
