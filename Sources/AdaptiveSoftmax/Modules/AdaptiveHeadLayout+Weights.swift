extension AdaptiveHeadLayout {
  /// The layout that the shapes of a state dict's tensors show: `head.weight` has a row per shortlist class and one per
  /// tail, the tails' rows add up to the cutoffs.
  ///
  /// - Parameters:
  ///   - weights: every tensor of the source; those outside a non-empty `prefix` are not looked at.
  ///   - prefix: what stands before `head.weight`, such as `decoder.adaptive_softmax.`.
  /// - Throws: `SoftmaxError` (`weights`: missing and unexpected names, a shape that does not fit, a type that holds no
  ///   weights; `prefix` fits nothing).
  public init(weights: [WeightDescription], prefix: String) throws(SoftmaxError) {
    var found: [String: WeightDescription] = [:]
    for weight in weights where weight.name.hasPrefix(prefix) {
      found[String(weight.name.dropFirst(prefix.count))] = weight
    }
    let indices = found.keys.compactMap(Self.tailIndex).filter { $0 < weights.count }
    let tails = max((indices.max() ?? -1) + 1, 1)
    var expected = ["head.weight"]
    for i in 0..<tails { expected += ["tail.\(i).0.weight", "tail.\(i).1.weight"] }
    let tailBias = (0..<tails).contains { found["tail.\($0).1.bias"] != nil }
    if tailBias { for i in 0..<tails { expected.append("tail.\(i).1.bias") } }
    let missing = expected.filter { found[$0] == nil }.map { prefix + $0 }
    let known = Set(expected + ["head.bias"])
    let unexpected = weights.map(\.name).filter { name in
      name.hasPrefix(prefix) && !known.contains(String(name.dropFirst(prefix.count)))
    }
    guard missing.isEmpty, unexpected.isEmpty else { throw Self.names(missing: missing, unexpected: unexpected) }

    func shape(_ name: String, _ expectation: String, _ fits: ([Int]) -> Bool) throws(SoftmaxError) -> [Int] {
      guard let weight = found[name] else { return [] }
      guard weight.type != nil else { throw weight.wrongType }
      guard fits(weight.shape) else {
        throw SoftmaxError(
          .weights, "size mismatch for \(weight.name): expected shape \(expectation), found \(weight.shape)")
      }
      guard (try? Tensor<Float>.count(of: weight.shape)) != nil else {
        throw SoftmaxError(
          .weights, "\(weight.name): expected no more elements than an Int can count, found shape \(weight.shape)")
      }
      return weight.shape
    }

    let head = try shape("head.weight", "[shortlist + \(tails), inFeatures], each at least 1") {
      $0.count == 2 && $0[0] > tails && $0[1] > 0
    }
    if found["head.bias"] != nil { _ = try shape("head.bias", "[\(head[0])]") { $0 == [head[0]] } }
    var cutoffs = [head[0] - tails]
    var widths: [Int] = []
    for i in 0..<tails {
      let projection = try shape("tail.\(i).0.weight", "[width, \(head[1])]") { $0.count == 2 && $0[1] == head[1] }
      let output = try shape("tail.\(i).1.weight", "[classes, \(projection[0])], at least one class") {
        $0.count == 2 && $0[0] > 0 && $0[1] == projection[0]
      }
      if tailBias { _ = try shape("tail.\(i).1.bias", "[\(output[0])]") { $0 == [output[0]] } }
      guard projection[0] > 0 || output[0] <= PackedLinear.mostUnseen else {
        throw SoftmaxError(
          .weights,
          "tail.\(i).1.weight: expected at most \(PackedLinear.mostUnseen) classes in a tail of width 0, found "
            + "\(output[0])")
      }
      let (end, overflow) = cutoffs[i].addingReportingOverflow(output[0])
      guard !overflow else { throw SoftmaxError(.weights, "the tails have more classes than an Int can count") }
      cutoffs.append(end)
      widths.append(projection[0])
    }
    self.init(
      inFeatures: head[1], cutoffs: cutoffs, tailFeatures: widths, headBias: found["head.bias"] != nil,
      tailBias: tailBias)
  }

  /// The one prefix under which `weights` hold an adaptive head (`head.weight` beside `tail.0.0.weight`); empty when
  /// there is none, so that the missing names can be told.
  ///
  /// - Throws: `SoftmaxError` (`weights`) when there are several.
  public static func prefix(in weights: [WeightDescription]) throws(SoftmaxError) -> String {
    let names = Set(weights.map(\.name))
    let prefixes = weights.map(\.name).filter { $0.hasSuffix("head.weight") }
      .map { String($0.dropLast("head.weight".count)) }
      .filter { ($0.isEmpty || $0.hasSuffix(".")) && names.contains($0 + "tail.0.0.weight") }
    guard prefixes.count <= 1 else {
      throw SoftmaxError(
        .weights,
        "found several adaptive heads, expected one: choose a prefix among "
          + prefixes.map { "\"\($0)\"" }.joined(separator: ", "))
    }
    return prefixes.first ?? ""
  }

  /// i of `tail.{i}.0.weight` and `tail.{i}.1.weight`.
  private static func tailIndex(_ name: String) -> Int? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "tail", parts[2] == "0" || parts[2] == "1", parts[3] == "weight",
      let index = Int(parts[1]), index >= 0, String(index) == parts[1]
    else { return nil }
    return index
  }

  private static func names(missing: [String], unexpected: [String]) -> SoftmaxError {
    func list(_ title: String, _ names: [String]) -> String? {
      names.isEmpty ? nil : "\(title) in state_dict: \(WeightDescription.list(names))."
    }
    let parts = [list("Missing key(s)", missing), list("Unexpected key(s)", unexpected)].compactMap { $0 }
    return SoftmaxError(
      .weights, "error in loading state_dict for AdaptiveLogSoftmaxWithLoss: " + parts.joined(separator: " "))
  }
}
