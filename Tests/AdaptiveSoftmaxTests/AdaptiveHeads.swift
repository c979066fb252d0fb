import AdaptiveSoftmax
import TestSupport
import Testing

/// Shapes of heads, and heads with seeded weights, for the tests of the adaptive softmax.
struct AdaptiveShape: Sendable, CustomTestStringConvertible {
  var inFeatures: Int
  var nClasses: Int
  var cutoffs: [Int]
  var divValue = 2.0
  var headBias = false
  var allowZeroWidthTails = false
  /// Standard deviation of the weights.
  var scale = 0.4

  var testDescription: String {
    "\(inFeatures) features, \(nClasses) classes, cutoffs \(cutoffs), div \(divValue)\(headBias ? ", bias" : "")"
  }

  static let small = AdaptiveShape(inFeatures: 8, nClasses: 20, cutoffs: [5, 10, 15], headBias: true)

  static let all = [
    small,
    AdaptiveShape(inFeatures: 8, nClasses: 20, cutoffs: [5, 10, 15]),
    AdaptiveShape(inFeatures: 2, nClasses: 2, cutoffs: [1]),
    AdaptiveShape(inFeatures: 16, nClasses: 50, cutoffs: [10, 30], divValue: 4, headBias: true),
    AdaptiveShape(inFeatures: 10, nClasses: 7, cutoffs: [1, 2, 3, 6], divValue: 1.5),
    AdaptiveShape(inFeatures: 9, nClasses: 25, cutoffs: [5, 11], divValue: 1),
    AdaptiveShape(inFeatures: 7, nClasses: 25, cutoffs: [5, 11], divValue: 0.5),
    AdaptiveShape(inFeatures: 33, nClasses: 301, cutoffs: [23, 77, 150], headBias: true),
    AdaptiveShape(inFeatures: 64, nClasses: 1200, cutoffs: [100, 300, 700], divValue: 4, scale: 0.1),
    AdaptiveShape(inFeatures: 8, nClasses: 33, cutoffs: [5, 11, 20], divValue: 4, allowZeroWidthTails: true),
  ]

  func layout() throws -> AdaptiveHeadLayout {
    try AdaptiveHeadLayout(
      inFeatures: inFeatures, nClasses: nClasses, cutoffs: cutoffs, divValue: divValue, headBias: headBias,
      allowZeroWidthTails: allowZeroWidthTails)
  }

  func stateDict<Storage: FloatingTensorScalar>(seed: UInt64 = 1, as: Storage.Type = Float.self) throws
    -> StateDict<Storage>
  {
    var dict = StateDict<Storage>()
    for (i, (name, shape)) in try layout().weightShapes.enumerated() {
      let normal = Inputs.values(.normal, count: shape.reduce(1, *), seed: seed &* 1000 &+ UInt64(i))
      dict[name] = try Tensor(shape: shape, scalars: normal.map { Storage(converting: scale * $0) })
    }
    return dict
  }

  func head(seed: UInt64 = 1) throws -> AdaptiveLogSoftmaxWithLoss<Float> {
    try AdaptiveLogSoftmaxWithLoss(stateDict: stateDict(seed: seed))
  }

  func input<Scalar: FloatingTensorScalar>(
    _ rows: Int, seed: UInt64 = 7, as: Scalar.Type = Float.self
  ) -> Tensor<Scalar> {
    Inputs.tensor(.normal, [rows, inFeatures], seed: seed)
  }

  /// Targets that meet both edges of every band first.
  func target(_ rows: Int, seed: UInt64 = 3) -> Tensor<Int64> {
    let edges = Set([0, nClasses - 1] + cutoffs + cutoffs.map { $0 - 1 }).sorted()
    let random = Inputs.classes(nClasses, count: rows, seed: seed)
    return Tensor((edges + random).prefix(rows).map { Int64($0) })
  }
}

/// The state dict in wide numbers, for the oracle.
func exact<Storage>(_ dict: StateDict<Storage>) -> [String: Exact] {
  Dictionary(uniqueKeysWithValues: dict.map { ($0.name, Exact($0.tensor)) })
}

/// The message of the `SoftmaxError` of this code that `body` throws; empty when it throws none.
///
/// Any other error is a failure.
func refusal(
  _ code: SoftmaxError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) -> String {
  do {
    try body()
    return ""
  } catch let error as SoftmaxError where error.code == code {
    return error.description
  } catch {
    Issue.record(error, sourceLocation: sourceLocation)
    return ""
  }
}
