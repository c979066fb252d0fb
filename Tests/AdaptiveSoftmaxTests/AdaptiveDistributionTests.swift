import AdaptiveSoftmax
import Foundation
import TestSupport
import Testing

/// `clusterLogProb` and `entropy`: what a row says about its distribution as a whole.
@Suite struct AdaptiveDistributionTests {
  private func reference(_ shape: AdaptiveShape, _ x: Tensor<Float>) throws -> Exact {
    Oracle.adaptiveLogProb(Exact(x), state: exact(try shape.stateDict()))
  }

  private func entropy(_ logProb: ArraySlice<Wide>) -> Wide {
    logProb.reduce(0) { $1 == -.infinity ? $0 : $0 - exp($1) * $1 }
  }

  @Test(arguments: AdaptiveShape.all)
  func againstOracle(_ shape: AdaptiveShape) throws {
    let head = try shape.head()
    let x = shape.input(19)
    let n = shape.nClasses
    let exact = try reference(shape, x)
    let bands = try head.clusterLogProb(x)
    let entropies = try head.entropy(x)
    #expect(bands.shape == [19, shape.cutoffs.count + 1] && entropies.shape == [19])
    for row in 0..<19 {
      let logProb = exact.values[row * n..<(row + 1) * n]
      var start = 0
      for (band, end) in (shape.cutoffs + [n]).enumerated() {
        let classes = Exact(shape: [end - start], Array(logProb[row * n + start..<row * n + end]))
        let expected = Double(Oracle.logSumExp(classes, dims: [0]).values[0])
        #expect(abs(Double(bands[row, band]) - expected) <= 4e-6 * max(1, abs(expected)))
        start = end
      }
      let expected = Double(entropy(logProb))
      #expect(abs(Double(entropies[row]) - expected) <= 1e-5 * max(1, expected))
    }
  }

  // Logits that are weights: what is left is the error of the kernels.
  @Test(arguments: [0.01, 1, 4, 20])
  func entropyError(_ spread: Double) throws {
    let shape = AdaptiveShape(inFeatures: 1, nClasses: 5000, cutoffs: [700, 2000], divValue: 1, scale: spread)
    let dict = try shape.stateDict(seed: 4)
    let doubles = try shape.stateDict(seed: 4, as: Double.self)
    var worst = 0.0
    for scale in [1, -1, 0.5, -0.25, 2, -4] as [Float] {  // products with these are exact
      let x = try Tensor<Float>([[scale]])
      func check<Scalar>(_ dict: StateDict<Scalar>) throws where Scalar.Accumulator == Scalar {
        var dict = dict
        for i in 0..<2 { dict["tail.\(i).0.weight"] = try Tensor<Scalar>.ones([1, 1]) }
        let head = try AdaptiveLogSoftmaxWithLoss<Scalar>(stateDict: dict)
        let logProb = Oracle.adaptiveLogProb(Exact(x), state: exact(dict))
        let found = try head.entropy(x.to(Scalar.self)).item()
        worst = max(worst, ulpError(found, Double(entropy(logProb.values[...]))))
      }
      try check(dict)
      try check(doubles)
    }
    print("entropy, logits of deviation \(spread): \(worst) ULP")
    #expect(worst <= 4)
  }

  // The shortlist keeps its digits when the tails have nearly everything.
  @Test func improbableShortlist() throws {
    let shape = AdaptiveShape(inFeatures: 1, nClasses: 6, cutoffs: [2, 4], divValue: 1)
    var dict = try shape.stateDict()
    dict["head.weight"] = try Tensor([[-40], [-41], [0], [1]])
    let head = try AdaptiveLogSoftmaxWithLoss(stateDict: dict)
    let bands = try head.clusterLogProb(Tensor<Float>([[1]]))
    let expected = -40 + log1p(exp(-1.0)) - (1 + log1p(exp(-1.0)))
    #expect(abs(Double(bands[0, 0]) - expected) <= 1e-5)
    #expect(abs(Double(bands[0, 1]) + 1 + log1p(exp(-1.0))) <= 2e-7)
  }

  /// Classes so far below the best that their distance times their number is beyond every double.
  @Test(arguments: [512, 2048]) func entropyOfHugeLogits(_ classes: Int) throws {
    var bias = [Double](repeating: -0.75e308, count: classes)
    bias[0] = 0.95e308
    let head = try LinearHead(weight: Tensor<Double>.zeros([classes, 1]), bias: Tensor(bias))
    #expect(try head.entropy(Tensor<Double>.zeros([1, 1])).scalars == [0])
  }

  @Test func uniformAndCertain() throws {
    let shape = AdaptiveShape(inFeatures: 4, nClasses: 600, cutoffs: [200], divValue: 1, scale: 0)
    let x = shape.input(2)
    // Of 201 equal classes of the head one is a tail of 400 equal classes.
    let expected = log(201) + log(400.0) / 201
    for value in try shape.head().entropy(x).scalars { #expect(abs(Double(value) - expected) <= 1e-6) }
    var dict = try AdaptiveShape.small.stateDict()
    var bias = [Float](repeating: -.infinity, count: 8)
    bias[3] = 0
    dict["head.bias"] = Tensor(bias)
    let head = try AdaptiveLogSoftmaxWithLoss(stateDict: dict)
    #expect(try head.entropy(AdaptiveShape.small.input(3)).scalars == [0, 0, 0])
    let bands = try head.clusterLogProb(AdaptiveShape.small.input(1)).scalars
    #expect(bands == [0, -.infinity, -.infinity, -.infinity])
  }

  @Test func rowsThatAreNotNumbers() throws {
    let shape = AdaptiveShape.small
    let head = try shape.head()
    var x = shape.input(3)
    x[1, 3] = .infinity
    #expect(try head.entropy(x).scalars.map(\.isNaN) == [false, true, false])
    #expect(try head.clusterLogProb(x).row(1).scalars.allSatisfy(\.isNaN))
    #expect(try head.clusterLogProb(x).row(2).scalars.allSatisfy { $0 < 0 })
  }

  @Test(arguments: 0..<60)
  func bitsDependOnTheRowAlone(_ seed: Int) throws {
    let random = try RandomHead(seed: seed)
    func results(_ x: Tensor<Float>, _ threads: Int) throws -> [Tensor<Float>] {
      [try random.head.entropy(x, threads: threads), try random.head.clusterLogProb(x, threads: threads)]
    }
    let definition = try Runtime.withVariant("scalar") { try results(random.input, 1) }
    for variant in Runtime.variants where variant.runsHere {
      for threads in [1, 2, 3, 7] {
        let found = try Runtime.withVariant(variant.name) { try results(random.input, threads) }
        for (a, b) in zip(found, definition) { #expect(bitDifference(a, b) == nil, "seed \(seed), \(variant.name)") }
      }
    }
    for row in 0..<random.rows {
      let found = try results(random.input.slice(row..<row + 1), 1)
      #expect(try bitDifference(found[0], definition[0].slice(row..<row + 1)) == nil)
      #expect(try bitDifference(found[1], definition[1].slice(row..<row + 1)) == nil)
    }
  }

  @Test func shapesAndRefusals() throws {
    let shape = AdaptiveShape.small
    let head = try shape.head()
    let x = try shape.input(6).reshaped(to: [2, 3, 8])
    #expect(try head.entropy(x).shape == [2, 3])
    #expect(try head.clusterLogProb(x).shape == [2, 3, 4])
    #expect(try head.entropy(Tensor<Float>.zeros([0, 8])).shape == [0])
    #expect(try head.clusterLogProb(Tensor<Float>.zeros([0, 8])).shape == [0, 4])
    #expect(refusal(.shape) { _ = try head.entropy(Tensor<Float>.zeros([2])) } != "")
    #expect(refusal(.shape) { _ = try head.clusterLogProb(Tensor<Float>.zeros([2])) } != "")
  }
}
