import AdaptiveSoftmax
import Testing

@Suite struct SoftmaxGoldenTests {
  @Test(arguments: ["softmax", "softmin", "log_softmax", "softmax2d"])
  func answers(of op: String) throws {
    let cases = try Golden.cases(of: op)
    var comparison = Comparison(op)
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
  ) throws {
    let x = try golden.recipe?.tensor(as: type) ?? Golden.tensor(golden.input, as: type)
    let dim = golden.op == "softmax2d" ? -3 : golden.dim?.values.first
    let y =
      switch golden.op {
      case "softmax": try softmax(x, dim: dim)
      case "softmin": try softmin(x, dim: dim)
      case "log_softmax": try logSoftmax(x, dim: dim)
      default: try Softmax2d()(x)
      }
    comparison.expect(y.shape, equals: x.shape, "\(golden.id): shape")

    let distances = SliceDistances(x, dim: dim ?? 0, negated: golden.op == "softmin")
    let scalars = y.scalars
    let halfUlp = Double(Scalar.ulpOfOne) / 2
    let positions: [Int]
    let expected: [Double]
    if golden.recipe != nil {
      positions = try Golden.tensor(golden.sampleIndex, as: Int64.self).scalars.map(Int.init)
      expected = try Golden.tensor(golden.sample64, as: Double.self).scalars
      expectTotals(of: scalars, golden, &comparison)
    } else {
      positions = Array(0..<y.count)
      expected = try Golden.tensor(golden.reference, as: Double.self).scalars
    }
    comparison.expect(
      positions.map { scalars[$0] }, equals: expected, in: golden.id,
      unit: { i in
        let ulp = Tolerance.ulp(abs(expected[i]), of: type)
        return golden.op == "log_softmax" ? max(ulp, Double.ulpOfOne) : ulp
      },
      bound: { i in
        let magnitude = abs(expected[i])
        let ulp = Tolerance.ulp(magnitude, of: type)
        if golden.op == "log_softmax" {
          let far = distances.meanOfRest[positions[i]] * halfUlp * magnitude
          return Tolerance.logSoftmax * ulp + far + Tolerance.ofReference(magnitude)
        }
        let far = distances.toMaximum[positions[i]] * halfUlp * magnitude
        // The reference is rounded relative to itself: a probability has no larger number behind it.
        return Tolerance.softmax * ulp + far + (Tolerance.reference + distances.toMaximum[positions[i]]) * magnitude.ulp
      })
  }

  /// The totals over all elements, the only check on those that are not in the sample.
  ///
  /// Summing n numbers one after the other, as here, may itself be off by n half ulps.
  private func expectTotals<Scalar: BinaryFloatingPoint>(
    of scalars: [Scalar], _ golden: GoldenCase, _ comparison: inout Comparison
  ) {
    let relative = 16 * Double(Scalar.ulpOfOne) + Double(scalars.count) * Double.ulpOfOne / 2
    let values = scalars.map { Double($0) }
    for (name, total, recorded) in [
      ("sum", values.reduce(0, +), golden.sum64), ("sum of squares", values.reduce(0) { $0 + $1 * $1 }, golden.sumsq64),
    ] {
      let expected = recorded ?? .nan
      if !(abs(total - expected) <= relative * abs(expected)) {
        comparison.fail("\(golden.id): \(name): expected \(expected), found \(total)")
      }
    }
  }
}
