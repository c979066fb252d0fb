import AdaptiveSoftmax
import Testing

/// Distance of `found` from `expected` in units in the last place of `expected` as `Scalar`; 0 where both are NaN or equal.
func distance<Scalar: FloatingTensorScalar>(_ found: Scalar, _ expected: Double, minimum: Double = 0) -> Double {
  let a = found.asDouble
  if a == expected || (a.isNaN && expected.isNaN) { return 0 }
  guard a.isFinite, expected.isFinite else {
    return Scalar(converting: expected).asDouble == a ? 0 : .infinity
  }
  return abs(a - expected) / max(ulp(of: expected, Scalar.self), minimum)
}

/// The unit in the last place of `value` in `Scalar`.
func ulp<Scalar: FloatingTensorScalar>(of value: Double, _: Scalar.Type) -> Double {
  let (digits, least): (Int, Int) =
    switch Scalar.dtypeName {
    case "float64": (52, -1074)
    case "float32": (23, -149)
    case "float16": (10, -24)
    default: (7, -133)
    }
  let exponent = value == 0 ? least : max(Int(abs(value).exponent) - digits, least)
  return Double(sign: .plus, exponent: exponent, significand: 1)
}

/// Expects a shape, and scalars within `ulps` of the expected ones; NaN equals NaN, infinities are exact.
func expectClose<Scalar: FloatingTensorScalar>(
  _ found: Tensor<Scalar>, shape: [Int]? = nil, _ expected: [Double], ulps: Double = 2,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  if let shape { #expect(found.shape == shape, sourceLocation: sourceLocation) }
  #expect(found.count == expected.count, sourceLocation: sourceLocation)
  for (i, (a, b)) in zip(found.scalars, expected).enumerated() where !(distance(a, b) <= ulps) {
    Issue.record("at \(i): found \(a), expected \(b): \(distance(a, b)) ULP", sourceLocation: sourceLocation)
  }
}

/// Expects a `SoftmaxError` of a code whose text begins as given.
func expectRefusal<Result>(
  _ code: SoftmaxError.Code, _ text: String, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Result
) {
  do {
    _ = try body()
    Issue.record("accepted; expected: \(text)", sourceLocation: sourceLocation)
  } catch let error as SoftmaxError {
    #expect(error.code == code, sourceLocation: sourceLocation)
    #expect(error.description.hasPrefix(text), "\(error)", sourceLocation: sourceLocation)
    #expect(!error.description.contains("\n"), sourceLocation: sourceLocation)
  } catch {
    Issue.record(error, sourceLocation: sourceLocation)
  }
}
