import AdaptiveSoftmax
import Testing

@Suite struct AdaptiveGoldenTests {
  @Test func answers() throws {
    let cases = try Golden.cases(of: "adaptive")
    var comparison = Comparison("adaptive")
    for golden in cases {
      if golden.dtype == "f64" {
        try compare(golden, as: Double.self, &comparison)
      } else {
        try compare(golden, as: Float.self, &comparison)
      }
    }
    comparison.report(cases: cases)
  }

  private func compare<Scalar: ComputingScalar>(
    _ golden: GoldenCase, as type: Scalar.Type, _ comparison: inout Comparison
  ) throws where Scalar.Accumulator == Scalar {
    let id = "\(golden.id) (\(golden.group ?? ""))"
    var weights = StateDict<Scalar>()
    for (name, key) in golden.params ?? [:] { weights[name] = try Golden.tensor(key) }
    let module = try AdaptiveLogSoftmaxWithLoss<Scalar>(stateDict: weights)
    try expectLayout(of: module.layout, golden, weights, &comparison)

    let input = try Golden.tensor(golden.input, as: type)
    let target = try Golden.tensor(golden.target, as: Int64.self)
    let magnitudes = try LogitMagnitudes(weights, input)

    let (output, loss) = try module(input, target)
    let wanted = try Golden.tensor(golden.reference, as: Double.self)
    comparison.expect(output.shape, equals: wanted.shape, "\(id) output: shape")
    expect(output.scalars, equals: wanted.scalars, in: "\(id) output", magnitudes.rows, columns: 1, &comparison)
    let wantedLoss = try Golden.tensor(golden.dtype == "f64" ? golden.loss : golden.loss64, as: Double.self)
    comparison.expect(loss.shape, equals: [], "\(id) loss: shape")
    expect(
      loss.scalars, equals: wantedLoss.scalars, in: "\(id) loss", [magnitudes.rows.max() ?? 0], columns: 1, &comparison)

    guard golden.logProb != nil else { return }
    let logProb = try module.logProb(input)
    let reference = try Golden.tensor(golden.dtype == "f64" ? golden.logProb : golden.logProb64, as: Double.self)
    comparison.expect(logProb.shape, equals: reference.shape, "\(id) log_prob: shape")
    let columns = module.nClasses
    expect(
      logProb.scalars, equals: reference.scalars, in: "\(id) log_prob", magnitudes.rows, columns: columns, &comparison)

    let predicted = try module.predict(input)
    let torch = try Golden.tensor(golden.predict, as: Int64.self)
    comparison.expect(predicted.shape, equals: torch.shape, "\(id) predict: shape")
    for row in 0..<torch.count {
      let best = Array(reference.scalars[row * columns..<(row + 1) * columns].sorted(by: >).prefix(2))
      let gap = best[0] - best[1]
      let unit = Tolerance.ulp(max(magnitudes.rows[row], abs(best[0])), of: type)
      // Rows that are decided by rounding have no one answer; an exact tie has: the lowest class.
      if gap != 0, gap <= 2 * Tolerance.adaptive * unit { continue }
      comparison.expect(Int(predicted.scalars[row]), equals: Int(torch.scalars[row]), "\(id) predict[\(row)]")
    }
  }

  /// The constructor's arguments describe the same module as the weights' shapes do.
  private func expectLayout<Scalar>(
    of layout: AdaptiveHeadLayout, _ golden: GoldenCase, _ weights: StateDict<Scalar>, _ comparison: inout Comparison
  ) throws {
    guard let inFeatures = golden.inFeatures, let nClasses = golden.nClasses, let cutoffs = golden.cutoffs else {
      throw GoldenError(description: "\(golden.id): no arguments")
    }
    let asked = try AdaptiveHeadLayout(
      inFeatures: inFeatures, nClasses: nClasses, cutoffs: cutoffs, divValue: golden.divValue ?? 4,
      headBias: golden.headBias ?? false, allowZeroWidthTails: true)
    comparison.expect(layout, equals: asked, "\(golden.id): layout")
    let shapes = Dictionary(uniqueKeysWithValues: asked.weightShapes.map { ($0.name, $0.shape) })
    comparison.expect(
      shapes, equals: Dictionary(uniqueKeysWithValues: weights.map { ($0.name, $0.tensor.shape) }),
      "\(golden.id): shapes of the weights")
  }

  private func expect<Scalar: ComputingScalar>(
    _ actual: [Scalar], equals expected: [Double], in id: String, _ rowMagnitudes: [Double], columns: Int,
    _ comparison: inout Comparison
  ) {
    let magnitude = { (i: Int) in max(rowMagnitudes[i / columns], abs(expected[i])) }
    comparison.expect(
      actual, equals: expected, in: id, unit: { Tolerance.ulp(magnitude($0), of: Scalar.self) },
      bound: {
        Tolerance.adaptive * Tolerance.ulp(magnitude($0), of: Scalar.self) + Tolerance.ofReference(magnitude($0))
      })
  }
}

/// For each row, the largest sum of |w x| behind any logit: what the rounding of the FMA chains is relative to.
private struct LogitMagnitudes {
  private(set) var rows: [Double] = []

  init<Scalar: FloatingTensorScalar>(_ weights: StateDict<Scalar>, _ input: Tensor<Scalar>) throws {
    guard let features = input.shape.last else { return }
    let x = input.scalars.map { abs($0.asDouble) }
    for row in 0..<x.count / features {
      let hidden = Array(x[row * features..<(row + 1) * features])
      var largest = 0.0
      for (name, tensor) in weights where name.hasSuffix("weight") && !name.hasSuffix(".1.weight") {
        var sums = Self.product(tensor, hidden)
        if let output = weights[name.replacing(".0.weight", with: ".1.weight")], name.hasPrefix("tail") {
          sums = Self.product(output, sums)
        }
        largest = max(largest, sums.filter(\.isFinite).max() ?? 0)
      }
      rows.append(largest)
    }
  }

  private static func product<Scalar: FloatingTensorScalar>(_ weight: Tensor<Scalar>, _ x: [Double]) -> [Double] {
    let w = weight.scalars.map { abs($0.asDouble) }
    return (0..<weight.shape[0]).map { c in x.indices.reduce(0) { $0 + w[c * x.count + $1] * x[$1] } }
  }
}
