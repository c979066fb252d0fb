import AdaptiveSoftmax
import Foundation
import TestSupport
import Testing

/// Losses of unusual weights and probabilities, and the forms that write into a tensor.
@Suite struct LossEdges {
  private let x = Inputs.tensor(.normal, [7, 11], seed: 21, as: Double.self)

  private func logP(_ row: Int) -> [Double] {
    let row = (0..<11).map { x[row, $0] }
    let most = row.max()!
    let logSum = most + log(row.reduce(0) { $0 + exp($1 - most) })
    return row.map { $0 - logSum }
  }

  /// Probabilities that are negative and add up to anything, weights below 0: the formula as it stands.
  @Test(arguments: [0, 0.3]) func anyProbabilitiesAndWeights(_ smoothing: Double) throws {
    let p = Inputs.tensor(.normal, [7, 11], seed: 22, as: Double.self)
    let weight = Inputs.tensor(.normal, [11], seed: 23, as: Double.self)
    let target = Tensor(Inputs.classes(11, count: 7))
    let ofProbabilities = try crossEntropy(x, p, weight: weight, reduction: .none, labelSmoothing: smoothing)
    let ofClasses = try crossEntropy(x, target, weight: weight, reduction: .none, labelSmoothing: smoothing)
    for row in 0..<7 {
      let logP = logP(row)
      func loss(_ share: (Int) -> Double) -> Double {
        -(0..<11).reduce(0) { $0 + weight[$1] * ((1 - smoothing) * share($1) + smoothing / 11) * logP[$1] }
      }
      #expect(abs(ofProbabilities[row] - loss { p[row, $0] }) < 1e-13)
      #expect(abs(ofClasses[row] - loss { $0 == target[row] ? 1 : 0 }) < 1e-13)
    }
  }

  /// A row whose log-softmax is NaN has no loss, even where every probability is 0.
  @Test(arguments: [[.infinity, 0], [.nan, 0], [-.infinity, -.infinity]] as [[Float]])
  func rowsWithoutAnAnswer(_ row: [Float]) throws {
    let x = try Tensor<Float>(shape: [2, 2], scalars: row + [1, 2])
    for p in [[0, 0], [0, 1], [0.5, 0.5]] as [[Float]] {
      let loss = try crossEntropy(x, Tensor(shape: [2, 2], scalars: p + [0, 0]), reduction: .none)
      #expect(loss[0].isNaN && loss[1] == 0)
      let columns = try crossEntropy(
        Tensor(shape: [1, 2, 2], scalars: [row[0], 1, row[1], 2]),
        Tensor(shape: [1, 2, 2], scalars: [p[0], 0, p[1], 0]),
        reduction: .none)
      #expect(columns[0, 0].isNaN && columns[0, 1] == 0)
    }
  }

  @Test func negativeSmoothingThrows() {
    #expect(throws: SoftmaxError.self) {
      try linearCrossEntropy(
        Tensor<Double>([[1]]), Tensor<Double>([[1], [2], [3]]), Tensor<Int>([0]), labelSmoothing: -0.1)
    }
    #expect(throws: SoftmaxError.self) {
      try crossEntropy(x, Tensor<Int>([0, 0, 0, 0, 0, 0, 0]), labelSmoothing: -0.1)
    }
  }

  @Test func modulesAndHeadsWriteIntoTensors() throws {
    let target = Tensor(Inputs.classes(11, count: 7))
    var loss = Tensor<Double>([])
    let nll = NLLLoss<Double>(reduction: .none)
    try nll(x, target, into: &loss)
    #expect(try loss == nll(x, target))
    let cross = CrossEntropyLoss<Double>(reduction: .sum, labelSmoothing: 0.1)
    try cross(x, target, into: &loss)
    #expect(try loss == cross(x, target))
    let p = try softmax(x, dim: 1)
    try cross(x, p, into: &loss)
    #expect(try loss == cross(x, p))
    #expect(
      cross == CrossEntropyLoss<Double>(reduction: .sum, labelSmoothing: 0.1) && cross != CrossEntropyLoss<Double>())

    let head = try LinearHead(weight: Inputs.tensor(.normal, [300, 11], seed: 24, as: Double.self))
    var (ranks, logProbs, result) = (Tensor<Int64>([]), Tensor<Double>([]), Tensor<Double>([]))
    try head.rank(x, of: target, into: &ranks, logProbs: &logProbs)
    #expect(try ranks == head.rank(x, of: target) && logProbs == head(x, target).output)
    try head.entropy(x, into: &result)
    #expect(try result == head.entropy(x))
    let listed = try Tensor<Int>(shape: [7, 2], scalars: Inputs.classes(300, count: 14))
    try head.logProb(x, classes: listed, into: &result)
    #expect(try result == head.logProb(x, classes: listed))
  }

  /// The widest divisor that leaves every tail a feature is told, however wide the input is.
  @Test func divisorsThatLeaveNoFeature() {
    for (features, mend) in [(1_000_000_000_000, 1_000_000_000_000), (10, 10), (1, 1)] {
      #expect {
        try AdaptiveHeadLayout(inFeatures: features, nClasses: 20, cutoffs: [10], divValue: 1e13)
      } throws: { "\($0)".contains("write divValue: \(mend) (") }
    }
    #expect {
      try AdaptiveHeadLayout(inFeatures: 10, nClasses: 1000, cutoffs: [10, 100])
    } throws: { "\($0)".contains("write divValue: 3 (widths [3, 1])") }
  }
}

extension LossEdges {
  /// Smoothing and a class of weight 0 that cannot be: 0 log 0 is 0, whatever the target is.
  @Test(arguments: [0.1, 1]) func smoothedClassesOfWeightZero(_ smoothing: Double) throws {
    let x = try Tensor<Double>([[0, -.infinity, 0], [0, -.infinity, 0]])
    let loss = try crossEntropy(
      x, Tensor<Int>([0, 1]), weight: Tensor([1, 0, 1]), reduction: .none, labelSmoothing: smoothing)
    let spread = smoothing / 3 * 2 * log(2)
    #expect(abs(loss[0] - ((1 - smoothing) * log(2) + spread)) < 1e-15 && abs(loss[1] - spread) < 1e-15)
    // Without smoothing it is the negative log-likelihood, as it stands.
    #expect(try crossEntropy(x, Tensor<Int>([0, 1]), weight: Tensor([1, 0, 1]), reduction: .none)[1].isNaN)

    let linear = try linearCrossEntropy(
      Tensor<Double>([[1], [1]]), Tensor<Double>([[0], [0], [0]]), Tensor<Int>([0, 1]),
      bias: Tensor([0, -.infinity, 0]), weight: Tensor([1, 0, 1]), reduction: .none, labelSmoothing: smoothing)
    #expect(abs(linear[0] - loss[0]) < 1e-15 && abs(linear[1] - loss[1]) < 1e-15)
  }
}
