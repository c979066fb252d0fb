import AdaptiveSoftmax
import Testing

@Suite struct LogSumExpGoldenTests {
  @Test func answers() throws {
    let cases = try Golden.cases(of: "logsumexp")
    var comparison = Comparison("logsumexp")
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
    let x = try Golden.tensor(golden.input, as: type)
    let dims = golden.dim?.values ?? []
    let y = try logSumExp(x, dims: dims, keepingDims: golden.keepdim ?? false)
    let torch = try Golden.tensor(golden.output, as: type)
    comparison.expect(y.shape, equals: torch.shape, "\(golden.id): shape")

    // No float64 answer goes with the float32 cases. Ours in Double, which the float64 cases check, is the reference.
    let wide = try Tensor<Double>(shape: x.shape, scalars: x.scalars.map(Double.init))
    let oracle = try logSumExp(wide, dims: dims, keepingDims: golden.keepdim ?? false).scalars
    let largest = x.scalars.map { Double(abs($0)) }.filter(\.isFinite).max() ?? 0
    let unit = { (i: Int) in Tolerance.ulp(max(abs(oracle[i]), largest), of: type) }
    comparison.expect(
      y.scalars, equals: torch.scalars.map(Double.init), in: golden.id, unit: unit,
      bound: { (Tolerance.logSumExp + 2) * unit($0) + Tolerance.ofReference(largest) })
    guard type == Float.self else { return }
    comparison.expect(
      y.scalars, equals: oracle, in: golden.id, unit: unit, bound: { Tolerance.logSumExp * unit($0) })
  }
}
