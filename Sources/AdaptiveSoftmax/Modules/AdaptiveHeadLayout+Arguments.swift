extension AdaptiveHeadLayout {
  /// The layout that PyTorch's constructor arguments describe: tail i projects to floor(inFeatures / divValue^(i + 1)).
  ///
  /// - Parameters:
  ///   - cutoffs: where the shortlist and each tail but the last end: increasing, each in `1 ..< nClasses`.
  ///   - divValue: positive; below 1 the tails are wider than the input.
  ///   - tailBias: gives each tail's last layer a bias, which PyTorch's module has not.
  ///   - allowZeroWidthTails: builds a tail of width 0, whose classes are always uniform, as PyTorch does.
  /// - Throws: `SoftmaxError` (`argument`).
  public init(
    inFeatures: Int, nClasses: Int, cutoffs: [Int], divValue: Double = 4, headBias: Bool = false,
    tailBias: Bool = false, allowZeroWidthTails: Bool = false
  ) throws(SoftmaxError) {
    guard inFeatures > 0 else {
      throw SoftmaxError(.argument, "inFeatures should be positive, found \(inFeatures)")
    }
    try Self.check(cutoffs, nClasses: nClasses)
    guard divValue > 0 else {
      throw SoftmaxError(.argument, "divValue should be positive, found \(divValue)")
    }
    var widths: [Int] = []
    for tail in cutoffs.indices {
      guard let width = Self.width(inFeatures, divValue, tail) else {
        throw SoftmaxError(
          .argument, "tail \(tail) would be wider than an Int can count: inFeatures \(inFeatures), divValue \(divValue)"
        )
      }
      widths.append(width)
    }
    if let tail = widths.firstIndex(of: 0), !allowZeroWidthTails {
      throw Self.zeroWidth(tail, inFeatures: inFeatures, divValue: divValue, tails: cutoffs.count)
    }
    let ends = cutoffs + [nClasses]
    for tail in cutoffs.indices where widths[tail] == 0 && ends[tail + 1] - ends[tail] > PackedLinear.mostUnseen {
      throw SoftmaxError(
        .argument,
        "tail \(tail): expected at most \(PackedLinear.mostUnseen) classes in a tail of width 0, found "
          + "\(ends[tail + 1] - ends[tail])")
    }
    self.init(
      inFeatures: inFeatures, cutoffs: ends, tailFeatures: widths, headBias: headBias, tailBias: tailBias)
  }

  private static func check(_ cutoffs: [Int], nClasses: Int) throws(SoftmaxError) {
    guard nClasses >= 2 else {
      throw SoftmaxError(.argument, "nClasses should be at least 2, so that a cutoff fits below it, found \(nClasses)")
    }
    guard !cutoffs.isEmpty else {
      throw SoftmaxError(
        .argument,
        "cutoffs should be a sequence of length larger than 0, found []: write where the most frequent classes end, a "
          + "number in 1...\(nClasses - 1)")
    }
    let increasing = zip(cutoffs, cutoffs.dropFirst()).allSatisfy { $0 < $1 }
    guard !increasing || cutoffs[0] < 1 || cutoffs[cutoffs.count - 1] >= nClasses else { return }

    let legal = Set(cutoffs.filter { (1..<nClasses).contains($0) }).sorted()
    let reason =
      cutoffs.contains(where: { $0 < 1 })
      ? "a cutoff must be positive"
      : cutoffs.contains(where: { $0 >= nClasses })
        ? "the last cutoff must be below nClasses, and nClasses itself is added by the module"
        : "each cutoff must be larger than the one before"
    throw SoftmaxError(
      .argument,
      "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value is "
        + "between 1 and n_classes-1; found \(cutoffs) with nClasses \(nClasses): \(reason), so write "
        + (legal.isEmpty ? "at least one cutoff in 1...\(nClasses - 1)" : "\(legal)"))
  }

  /// What Python's `int(inFeatures // divValue ** (tail + 1))` gives; nil when it is beyond Int.
  static func width(_ inFeatures: Int, _ divValue: Double, _ tail: Int) -> Int? {
    let features = Double(inFeatures)
    let divisor = power(divValue, tail + 1)
    guard divisor.isFinite else { return 0 }
    guard divisor > 0 else { return nil }
    let quotient = (features - features.truncatingRemainder(dividingBy: divisor)) / divisor
    return Int(exactly: quotient.rounded())
  }

  /// base^exponent, the product's rounding errors carried along, so that it rounds as C's `pow` does.
  private static func power(_ base: Double, _ exponent: Int) -> Double {
    var product = 1.0
    var error = 0.0
    for _ in 0..<exponent {
      let next = product * base
      guard next.isFinite, next > 0 else { return next }
      error = error * base + (-next).addingProduct(product, base)
      product = next
    }
    return product + error
  }

  private static func zeroWidth(_ tail: Int, inFeatures: Int, divValue: Double, tails: Int) -> SoftmaxError {
    // The largest whole divisor that leaves the last tail a width: between 1 and inFeatures.
    var mend = 1
    var beyond = inFeatures
    while beyond - mend > 1 {
      let middle = mend + (beyond - mend) / 2
      if (width(inFeatures, Double(middle), tails - 1) ?? 0) >= 1 { mend = middle } else { beyond = middle }
    }
    if (width(inFeatures, Double(beyond), tails - 1) ?? 0) >= 1 { mend = beyond }
    let widths = (0..<tails).map { width(inFeatures, Double(mend), $0) ?? 0 }
    return SoftmaxError(
      .argument,
      "tail \(tail) would have a projection of width 0: inFeatures / divValue^\(tail + 1) = \(inFeatures) / "
        + "\(divValue)^\(tail + 1) = \(Double(inFeatures) / power(divValue, tail + 1)) is below 1, and its classes could "
        + "never differ; write divValue: \(mend) (widths \(widths)) or less, or allowZeroWidthTails: true for PyTorch's "
        + "module")
  }
}
