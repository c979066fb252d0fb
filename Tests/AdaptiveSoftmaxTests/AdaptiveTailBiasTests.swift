import AdaptiveSoftmax
import TestSupport
import Testing

/// Heads whose tails have biases, which PyTorch's module has not.
@Suite struct AdaptiveTailBiasTests {
  private static let layout = try! AdaptiveHeadLayout(
    inFeatures: 8, nClasses: 90, cutoffs: [5, 40], divValue: 2, headBias: true, tailBias: true)

  private func stateDict() throws -> StateDict<Float> {
    var dict = StateDict<Float>()
    for (i, (name, shape)) in Self.layout.weightShapes.enumerated() {
      dict[name] = Inputs.tensor(.normal, shape, seed: UInt64(40 + i))
    }
    return dict
  }

  @Test func namesFollowPyTorchs() throws {
    let names = Self.layout.weightShapes.map { "\($0.name) \($0.shape)" }
    #expect(
      names == [
        "head.weight [7, 8]", "head.bias [7]", "tail.0.0.weight [4, 8]", "tail.0.1.weight [35, 4]",
        "tail.0.1.bias [35]", "tail.1.0.weight [2, 8]", "tail.1.1.weight [50, 2]", "tail.1.1.bias [50]",
      ])
  }

  @Test func logProbIsTheFormulas() throws {
    let dict = try stateDict()
    let head = try AdaptiveLogSoftmaxWithLoss(stateDict: dict)
    #expect(head.layout == Self.layout)
    let x: Tensor<Float> = Inputs.tensor(.normal, [11, 8], seed: 9)
    let logProb = try head.logProb(x)
    let reference = Oracle.adaptiveLogProb(Exact(x), state: exact(dict))
    for (got, expected) in zip(logProb.scalars, reference.values) {
      #expect(abs(Double(got) - Double(expected)) <= 4e-6 * max(1, abs(Double(expected))))
    }
    let best = try head.predict(x)
    for row in 0..<11 {
      let scores = (0..<90).map { logProb[row, $0] }
      #expect(scores.firstIndex(of: scores.max()!) == Int(best[row]))
    }
    for target in [0, 4, 5, 39, 40, 89] {
      let (output, _) = try head(x, Tensor<Int>.full([11], target))
      #expect(bitDifference(output.scalars, (0..<11).map { logProb[$0, target] }) == nil)
    }
  }

  @Test func stateDictRoundTrips() throws {
    let dict = try stateDict()
    let again = try AdaptiveLogSoftmaxWithLoss(stateDict: dict).stateDict()
    #expect(again.map(\.name) == dict.map(\.name))
    for (name, tensor) in dict { #expect(again[name] == tensor) }
  }

  @Test func allTailsHaveOneOrNone() throws {
    var dict = try stateDict()
    dict["tail.0.1.bias"] = nil
    #expect(
      refusal(.weights) { _ = try AdaptiveLogSoftmaxWithLoss(stateDict: dict) }
        .contains("Missing key(s) in state_dict: \"tail.0.1.bias\"."))
    dict = try stateDict()
    dict["tail.1.1.bias"] = try Tensor<Float>.zeros([49])
    #expect(
      refusal(.weights) { _ = try AdaptiveLogSoftmaxWithLoss(stateDict: dict) }
        == "size mismatch for tail.1.1.bias: expected shape [50], found [49]")
  }

  @Test func aBiasMayNotBeNaN() throws {
    var dict = try stateDict()
    var bias = try #require(dict["tail.1.1.bias"])
    bias[7] = .nan
    dict["tail.1.1.bias"] = bias
    let found = try AdaptiveLogSoftmaxWithLoss(stateDict: dict).firstNonFiniteWeight()
    #expect(found?.name == "tail.1.1.bias" && found?.index == [7])
  }

  @Test func initialBiasesAreDrawnAsTheirLayers() throws {
    var generator = SeededGenerator(seed: 5)
    let head = try AdaptiveLogSoftmaxWithLoss(
      inFeatures: 8, nClasses: 90, cutoffs: [5, 40], divValue: 2, tailBias: true, using: &generator)
    let bias = try #require(try head.stateDict()["tail.0.1.bias"])
    #expect(bias.shape == [35])
    #expect(bias.scalars.allSatisfy { abs($0) <= 0.5 } && bias.scalars.contains { abs($0) > 0.25 })
    #expect(head.description.contains("(1): Linear(in_features=4, out_features=35, bias=True)"))
  }
}
