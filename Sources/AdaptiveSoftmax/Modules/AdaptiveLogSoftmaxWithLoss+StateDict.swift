extension AdaptiveLogSoftmaxWithLoss {
  /// A module with the weights of `source`, its sizes recovered from their shapes.
  ///
  /// - Parameters:
  ///   - prefix: what stands before `head.weight` in the source's names; nil looks for the one adaptive head there is.
  ///   - dtype: what is computed in, and what the weights are converted to.
  ///   - storage: what the weights are held in.
  ///   - threads: 0 for the runtime's default.
  /// - Throws: `SoftmaxError` (`argument`: negative threads, a storage that does not go with Double; `weights`: names
  ///   missing or unexpected, a shape or type that does not fit, another number of bytes than a tensor's shape says,
  ///   with the tensor's name, what was expected and what was found; `memory`; `variant`), and what `source` throws.
  /// - Complexity: O(number of weights).
  public init(
    weights source: some WeightSource, prefix: String? = nil, dtype: Scalar.Type = Float.self,
    storage: WeightStorage = .exact, threads: Int = 0
  ) throws {
    let weights = source.weights
    let prefix = if let prefix { prefix } else { try AdaptiveHeadLayout.prefix(in: weights) }
    let layout = try AdaptiveHeadLayout(weights: weights, prefix: prefix)

    func pack(_ name: String, bias: String? = nil, _ classes: Int, _ depth: Int) throws -> PackedLinear {
      try PackedLinear.packing(
        source, weight: prefix + name, bias: bias.map { prefix + $0 }, classes: classes, depth: depth,
        computingIn: Scalar._kernelType, storage: storage, threads: threads)
    }

    let head = try pack(
      "head.weight", bias: layout.headBias ? "head.bias" : nil, layout.headSize, layout.inFeatures)
    var tails: [Tail] = []
    for i in 0..<layout.nClusters {
      let width = layout.tailFeatures[i]
      tails.append(
        try Tail(
          projection: try pack("tail.\(i).0.weight", width, layout.inFeatures),
          output: try pack(
            "tail.\(i).1.weight", bias: layout.tailBias ? "tail.\(i).1.bias" : nil, layout.tailClasses(i).count, width),
          threads: threads))
    }
    self.init(layout: layout, head: head, tails: tails)
  }

  /// A module with the weights of a state dict, computing in Double for Double weights and in Float for the others.
  ///
  /// - Throws: `SoftmaxError` as `init(weights:)`.
  public init<Storage>(
    stateDict: StateDict<Storage>, prefix: String? = nil, storage: WeightStorage = .exact
  ) throws(SoftmaxError) where Storage.Accumulator == Scalar {
    do {
      try self.init(weights: stateDict, prefix: prefix, dtype: Scalar.self, storage: storage)
    } catch let error as SoftmaxError {
      throw error
    } catch {
      throw SoftmaxError(.weights, "\(error)")
    }
  }

  /// The weights under PyTorch's names, in PyTorch's order, exactly as they are held: `head.weight`, `head.bias` when
  /// there is one, then `tail.{i}.0.weight`, `tail.{i}.1.weight` and, where the tails have biases, `tail.{i}.1.bias`.
  ///
  /// What a `LinearHead` became has no tails; its own `stateDict()` gives what it is loaded from.
  ///
  /// - Throws: `SoftmaxError` (`memory`, `variant`).
  /// - Complexity: O(number of weights).
  public func stateDict() throws(SoftmaxError) -> StateDict<Scalar> {
    var dict = StateDict<Scalar>()
    dict["head.weight"] = try head.unpackWeight(as: Scalar.self)
    dict["head.bias"] = try head.unpackBias(as: Scalar.self)
    for (i, tail) in tails.enumerated() {
      dict["tail.\(i).0.weight"] = try tail.projection.unpackWeight(as: Scalar.self)
      dict["tail.\(i).1.weight"] = try tail.output.unpackWeight(as: Scalar.self)
      dict["tail.\(i).1.bias"] = try tail.output.unpackBias(as: Scalar.self)
    }
    return dict
  }

  /// The first weight, in the order of the state dict, that is NaN or infinite.
  ///
  /// - Complexity: O(number of weights).
  public func firstNonFiniteWeight() -> (name: String, index: [Int], value: Scalar)? {
    if let found = head.firstNonFiniteWeight(as: Scalar.self) { return ("head.weight", found.index, found.value) }
    if let found = head.firstNonFiniteBias(as: Scalar.self) { return ("head.bias", found.index, found.value) }
    for (i, tail) in tails.enumerated() {
      if let found = tail.projection.firstNonFiniteWeight(as: Scalar.self) {
        return ("tail.\(i).0.weight", found.index, found.value)
      }
      if let found = tail.output.firstNonFiniteWeight(as: Scalar.self) {
        return ("tail.\(i).1.weight", found.index, found.value)
      }
      if let found = tail.output.firstNonFiniteBias(as: Scalar.self) {
        return ("tail.\(i).1.bias", found.index, found.value)
      }
    }
    return nil
  }
}
