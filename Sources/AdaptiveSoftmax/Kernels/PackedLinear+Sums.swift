/// Weighted sums over the classes of a layer, and the distance of a row's logits from a number, which they make.
///
/// In Double and in the order of the classes; those of a layer in Double carry what they lose.
struct WeightedSums {
  /// What all sums are multiplied by: 1 / classes, rounded down to a power of two, so that no sum of weights overflows.
  let unit: Double
  /// sum_c w_c and sum_c w_c bias_c.
  fileprivate(set) var total = CarriedSum<Double>()
  fileprivate(set) var bias = CarriedSum<Double>()
  /// For each k, eight to an entry, sum_c w_c weight[c, k]; 0 beyond the last.
  fileprivate(set) var weight: [CarriedSum<SIMD8<Double>>]
  fileprivate let isCarried: Bool

  /// unit sum_c w_c (x - logit_c) for the logits of a row: what they share with x cancels.
  ///
  /// - Parameter row: [8 weight.count], 0 beyond the last feature.
  func distance(from x: Double, _ row: UnsafeBufferPointer<Double>) -> Double {
    let values = UnsafeRawPointer(row.baseAddress)
    func features(_ block: Int) -> SIMD8<Double> {
      values!.loadUnaligned(fromByteOffset: block * MemoryLayout<SIMD8<Double>>.size, as: SIMD8<Double>.self)
    }
    guard isCarried else {
      var logits = SIMD8<Double>.zero
      for block in weight.indices { logits += features(block) * weight[block].value }
      var distance = total.rounded * x - bias.rounded
      for i in 0..<8 { distance -= logits[i] }
      return distance
    }
    var logits = CarriedSum<SIMD8<Double>>()
    for block in weight.indices {
      let features = features(block)
      logits.add(product: features, weight[block].value)
      logits.addSmall(features * weight[block].lost)
    }
    var distance = CarriedSum<Double>()
    distance.add(product: total.value, x)
    distance.addSmall(total.lost * x)
    distance.add(-bias.value)
    distance.addSmall(-bias.lost)
    for i in 0..<8 {
      distance.add(-logits.value[i])
      distance.addSmall(-logits.lost[i])
    }
    return distance.rounded
  }
}

extension PackedLinear {
  /// The sums over the classes.
  ///
  /// w nil counts as all ones. A class of no weight adds nothing, whatever its weights and bias are.
  func weightedSums(_ w: [Double]?) -> WeightedSums {
    type == .float64 ? weightedSums(w, as: Double.self) { $0 } : weightedSums(w, as: Float.self) { Double($0) }
  }

  @inline(__always)
  private func weightedSums<Value: ComputingScalar>(_ w: [Double]?, as: Value.Type, _ widen: (Value) -> Double)
    -> WeightedSums
  {
    defer { withExtendedLifetime(self) {} }
    let biases = UnsafeRawPointer(self.biases.base).assumingMemoryBound(to: Value.self)
    let lanes = Self.panelClasses
    var unit = 1.0
    while unit * Double(classes) > 1 { unit /= 2 }
    var sums = WeightedSums(
      unit: unit, weight: Array(repeating: CarriedSum(), count: (depth + 7) / 8),
      isCarried: Value.self == Double.self)
    for c in 0..<classes {
      let factor = unit * (w?[c] ?? 1)
      sums.total.add(factor)
      if hasBias && factor != 0 { sums.bias.add(product: factor, widen(biases[c])) }
    }
    // Eight sums at a time: each is one chain of additions, and one alone would wait for each of them.
    forEachPanel(as: Value.self) { first, panel in
      for block in sums.weight.indices {
        let live = min(8, depth - 8 * block)
        var sum = sums.weight[block]
        for lane in 0..<min(lanes, classes - first) {
          let factor = unit * (w?[first + lane] ?? 1)
          if factor == 0 { continue }
          var values = SIMD8<Double>.zero
          for i in 0..<live { values[i] = widen(panel[(8 * block + i) * lanes + lane]) }
          if Value.self != Double.self {
            sum.addPlainly(factor * values)
          } else if w == nil {
            sum.add(factor * values)  // the unit loses nothing
          } else {
            sum.add(product: SIMD8(repeating: factor), values)
          }
        }
        sums.weight[block] = sum
      }
      return true
    }
    return sums
  }
}
