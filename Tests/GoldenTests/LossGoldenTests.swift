import AdaptiveSoftmax
import Testing

@Suite struct LossGoldenTests {
  @Test(arguments: ["nll_loss", "cross_entropy"])
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
  ) throws where Scalar.Accumulator == Scalar {
    let arguments = try LossArguments<Scalar>(golden)
    let loss = try arguments.loss()
    let torch = try Golden.tensor(golden.output, as: type)
    comparison.expect(loss.shape, equals: torch.shape, "\(golden.id): shape")

    // No float64 answer goes with the float32 cases. Ours in Double, which the float64 cases check, is the reference.
    let oracle = try arguments.inDouble().loss().scalars
    let isFloat = type == Float.self
    comparison.expect(
      loss.scalars, equals: torch.scalars.map(Double.init), in: golden.id,
      unit: { Tolerance.ulp(max(abs(oracle[$0]), 1), of: type) },
      bound: {
        (isFloat ? Tolerance.torchFloat32 : Tolerance.loss) * Tolerance.ulp(max(abs(oracle[$0]), 1), of: type)
      })
    guard isFloat else { return }
    comparison.expect(
      loss.scalars, equals: oracle, in: golden.id, unit: { Tolerance.ulp(abs(oracle[$0]), of: type) },
      bound: { Tolerance.loss * Tolerance.ulp(abs(oracle[$0]), of: type) })
  }
}

/// What a loss is called with.
private struct LossArguments<Scalar: ComputingScalar> where Scalar.Accumulator == Scalar {
  var op: String
  var input: Tensor<Scalar>
  var classes: Tensor<Int64>?
  var probabilities: Tensor<Scalar>?
  var weight: Tensor<Scalar>?
  var ignoreIndex: Int
  var reduction: Reduction
  var labelSmoothing: Double

  func loss() throws -> Tensor<Scalar> {
    if let probabilities {
      return try crossEntropy(
        input, probabilities, weight: weight, reduction: reduction, labelSmoothing: labelSmoothing)
    }
    guard let classes else { throw GoldenError(description: "the case has no target") }
    return op == "nll_loss"
      ? try nllLoss(input, classes, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction)
      : try crossEntropy(
        input, classes, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing)
  }

  /// The same numbers in Double.
  func inDouble() throws -> LossArguments<Double> {
    func widened(_ x: Tensor<Scalar>) throws -> Tensor<Double> {
      try Tensor(shape: x.shape, scalars: x.scalars.map(Double.init))
    }
    return LossArguments<Double>(
      op: op, input: try widened(input), classes: classes, probabilities: try probabilities.map(widened),
      weight: try weight.map(widened), ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing)
  }
}

extension LossArguments {
  init(_ golden: GoldenCase) throws {
    let isProbabilities = golden.targetKind == "probabilities"
    guard let reduction = golden.reduction.flatMap(Reduction.init(rawValue:)) else {
      throw GoldenError(description: "\(golden.id): no reduction")
    }
    self.init(
      op: golden.op, input: try Golden.tensor(golden.input),
      classes: isProbabilities ? nil : try Golden.tensor(golden.target),
      probabilities: isProbabilities ? try Golden.tensor(golden.target) : nil,
      weight: try golden.weight.map { try Golden.tensor($0) }, ignoreIndex: golden.ignoreIndex ?? -100,
      reduction: reduction, labelSmoothing: golden.labelSmoothing ?? 0)
  }
}
