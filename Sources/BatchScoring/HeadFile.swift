internal import AdaptiveSoftmax
internal import TensorFiles

/// A head in a safetensors or .pt file: opened and checked by its header, loaded when asked.
struct HeadFile {
  let layout: AdaptiveHeadLayout
  let file: any TensorFile
  /// What stands before an adaptive head's names; nil for a plain head.
  let prefix: String?
  /// The plain head, by the tensors' whole names; nil for an adaptive head.
  let plain: HeadSource.Plain?
  private let storage: WeightStorage
  private let order: ClassOrder?

  var path: String { file.path }
  var scored: ScoredHead {
    ScoredHead(
      path: path, features: layout.inFeatures, classes: layout.nClasses, plain: plain, prefix: prefix, storage: storage,
      order: order)
  }

  /// Opens the file and finds the head's sizes in its tensors' shapes; reads the order of its classes, if it has one.
  ///
  /// - Throws: `ScoringError` (`missingInput`; `data`: the file, its tensors, or metadata that contradicts them;
  ///   `usage`: a bias beside a plain head of which nothing is said; `inputOutput`).
  init(_ source: HeadSource) throws(ScoringError) {
    let file = try fromFile { () throws(FileError) in try openTensorFile(path: source.path, io: source.io) }
    self.file = file
    let plain = source.plain?.behind(source.prefix ?? "")
    self.plain = plain
    storage = source.storage
    let weights = FileWeights(file).weights
    (prefix, layout) = try about(source.path) { () throws(SoftmaxError) in
      if let plain {
        return (nil, try AdaptiveHeadLayout(weights: weights, weight: plain.weight, bias: plain.bias))
      }
      let prefix = if let prefix = source.prefix { prefix } else { try AdaptiveHeadLayout.prefix(in: weights) }
      do throws(SoftmaxError) {
        return (prefix, try AdaptiveHeadLayout(weights: weights, prefix: prefix))
      } catch {
        // Without any tail it is no adaptive head at all.
        guard !weights.contains(where: { $0.name.hasPrefix(prefix + "tail.") }) else { throw error }
        guard source.prefix != nil else { throw Self.noAdaptiveHead(weights) }
        let others = weights.map(\.name).filter { $0.hasSuffix("head.weight") }
          .map { "\"\(String($0.dropLast("head.weight".count)).shortened)\"" }.prefix(4).joined(separator: ", ")
        throw SoftmaxError(
          error.code, error.description + " Choose another prefix\(others.isEmpty ? "" : ": \(others)").")
      }
    }
    let classes = layout.nClasses
    order = try source.permutation.map { (path) throws(ScoringError) in
      try ClassOrder(path: path, classes: classes)
    }
    if plain == nil { try checkMetadata() } else { try checkBias(behind: source.prefix ?? "") }
  }

  /// The error about a file of other tensors, which may be a plain head's.
  private static func noAdaptiveHead(_ weights: [WeightDescription]) -> SoftmaxError {
    let expected = "expected an adaptive head (head.weight, tail.0.0.weight, ...)"
    guard !weights.isEmpty else { return SoftmaxError(.weights, "\(expected), found no tensors") }
    let matrices = WeightDescription.candidates(for: "lm_head.weight", rank: 2, among: weights)
    return SoftmaxError(
      .weights, "\(expected), found none; name a plain head's [classes, features] tensor with --weight: \(matrices)")
  }

  /// Opens a file for the one adaptive head in it, as `init(_:)` does.
  init(path: String, io: IOMode) throws(ScoringError) { try self.init(HeadSource(path: path, io: io)) }

  /// Packs the weights, straight from the mapped bytes where the file is mapped, and checks that all are finite.
  ///
  /// A plain head comes as an adaptive one without tails.
  ///
  /// - Throws: `ScoringError` (`usage`: negative threads, `SMX_VARIANT`, a scale or cap that is not positive; `data`: a
  ///   weight that is not finite, a file that changed; `inputOutput`: a failed read, no memory).
  func load(threads: Int) throws(ScoringError) -> AdaptiveLogSoftmaxWithLoss<Float> {
    let module = try loading(path) {
      guard let plain else {
        return try AdaptiveLogSoftmaxWithLoss<Float>(
          weights: FileWeights(file), prefix: prefix, storage: storage, threads: threads)
      }
      return AdaptiveLogSoftmaxWithLoss(
        try LinearHead<Float>(
          weights: FileWeights(file), weight: plain.weight, bias: plain.bias, logitScale: plain.logitScale,
          softcap: plain.softcap, storage: storage, threads: threads))
    }
    if let wrong = module.firstNonFiniteWeight() {
      let name = plain.map { wrong.name == "head.bias" ? $0.bias ?? "" : $0.weight } ?? wrong.name
      let stored = FileWeights(file).weights.first { $0.name == name || $0.name == (prefix ?? "") + name }
      let what = stored?.type == .float64 ? "finite weights in float32" : "finite weights"
      throw ScoringError(
        .data,
        "\(path): tensor \(name.quoted): expected \(what), found \(wrong.value) at \(wrong.index); export it again")
    }
    return module
  }

  /// A bias that stands beside the matrix is the head's: leaving it out unasked would give other numbers, silently.
  private func checkBias(behind prefix: String) throws(ScoringError) {
    guard let plain, plain.bias == nil, !plain.leavesOutBias else { return }
    guard plain.weight == "weight" || plain.weight.hasSuffix(".weight") else { return }
    let bias = plain.weight.dropLast("weight".count) + "bias"
    let found = FileWeights(file).weights.contains { $0.name == bias || $0.name.hasPrefix(bias + ".") }
    guard found else { return }
    throw ScoringError(
      .usage,
      "\(path): expected to be told what \"\(bias)\" beside \"\(plain.weight)\" is, found neither a bias nor none; "
        + "write --bias \(bias.dropFirst(prefix.count)), or --no-bias to leave it out")
  }

  /// Metadata is free text; where it names the sizes as PyTorch's arguments, it must agree with the shapes.
  private func checkMetadata() throws(ScoringError) {
    let expected = [
      "in_features": "\(layout.inFeatures)", "n_classes": "\(layout.nClasses)",
      "cutoffs": "\(layout.cutoffs.dropLast())", "head_bias": "\(layout.headBias)",
    ]
    for (key, value) in expected.sorted(by: { $0.key < $1.key }) {
      guard let found = file.metadata[key], Self.plain(found) != Self.plain(value) else { continue }
      throw ScoringError(
        .data,
        "\(path): metadata '\(key)': expected \(value) as the tensors' shapes say, found \(found.shortened); correct or remove it"
      )
    }
  }

  /// The text without what may differ between writers of the same value.
  private static func plain(_ text: String) -> String {
    text.lowercased().filter { !$0.isWhitespace }
  }
}
