import AdaptiveSoftmax
import Foundation
import TestSupport
import Testing

@Suite struct LinearHeadTests {
  /// A head of seeded weights, and rows for it.
  struct Shape: Sendable, CustomTestStringConvertible {
    var classes: Int
    var features: Int
    var bias: Bool
    var testDescription: String { "[\(classes), \(features)]\(bias ? ", bias" : "")" }

    var weight: Tensor<Float> { Inputs.tensor(.normal, [classes, features], seed: 11) }
    var biases: Tensor<Float>? { bias ? Inputs.tensor(.normal, [classes], seed: 12) : nil }
    func head() throws -> LinearHead<Float> { try LinearHead(weight: weight, bias: biases) }
    func input(_ rows: Int) -> Tensor<Float> { Inputs.tensor(.normal, [rows, features], seed: 13) }
    func target(_ rows: Int) -> Tensor<Int64> {
      Tensor(Inputs.classes(classes, count: rows, seed: 14).map { Int64($0) })
    }

    static let all = [
      Shape(classes: 1, features: 1, bias: true), Shape(classes: 33, features: 5, bias: false),
      Shape(classes: 1025, features: 16, bias: true), Shape(classes: 3000, features: 40, bias: false),
    ]
  }

  /// The log-probabilities in wide numbers.
  private func oracle(_ shape: Shape, _ x: Tensor<Float>) -> Exact {
    let logits = Oracle.linear(Exact(x), weight: Exact(shape.weight), bias: shape.biases.map { Exact($0) })
    return Oracle.logSoftmax(logits, dim: 1)
  }

  @Test(arguments: Shape.all)
  func againstTheOracle(_ shape: Shape) throws {
    let head = try shape.head()
    let (x, y) = (shape.input(37), shape.target(37))
    let expected = oracle(shape, x)
    let logProb = try head.logProb(x)
    for (found, exact) in zip(logProb.scalars, expected.doubles) { #expect(abs(Double(found) - exact) < 2e-5) }

    let (output, loss) = try head(x, y)
    #expect(bitDifference(output.scalars, (0..<37).map { logProb[$0, Int(y[$0])] }) == nil)
    let mean = -output.scalars.reduce(0.0) { $0 + Double($1) } / 37
    #expect(abs(Double(try loss.item()) - mean) < 1e-6)
    #expect(try head.predict(x).scalars == Oracle.argmax(Exact(logProb)).map { Int64($0) })
  }

  @Test(arguments: Shape.all)
  func stateDict(_ shape: Shape) throws {
    let dict = try shape.head().stateDict(weight: "lm_head.weight", bias: "lm_head.bias")
    #expect(dict.map(\.name) == (shape.bias ? ["lm_head.weight", "lm_head.bias"] : ["lm_head.weight"]))
    #expect(bitDifference(try #require(dict["lm_head.weight"]), shape.weight) == nil)
    let back = try LinearHead(weights: dict, weight: "lm_head.weight", bias: shape.bias ? "lm_head.bias" : nil)
    #expect(try bitDifference(back.logProb(shape.input(3)), shape.head().logProb(shape.input(3))) == nil)
  }

  @Test(arguments: Shape.all)
  func logSumExpIsThatOfTheLinearLayer(_ shape: Shape) throws {
    let x = shape.input(37)
    let found = try shape.head().logSumExp(x)
    #expect(bitDifference(found, try linearLogSumExp(x, shape.weight, bias: shape.biases)) == nil)
    #expect(try shape.head().logSumExp(x.reshaped(to: [37, 1, shape.features])).shape == [37, 1])
  }

  @Test(arguments: Shape.all, [2, 3, 7])
  func threads(_ shape: Shape, _ threads: Int) throws {
    let head = try shape.head()
    let (x, y) = (shape.input(300), shape.target(300))
    #expect(bitDifference(try head(x, y, threads: threads).output, try head(x, y, threads: 1).output) == nil)
    #expect(bitDifference(try head.logProb(x, threads: threads), try head.logProb(x, threads: 1)) == nil)
    #expect(try head.predict(x, threads: threads) == head.predict(x, threads: 1))
  }

  @Test(arguments: Shape.all, Runtime.variants.filter(\.runsHere).map(\.name))
  func variants(_ shape: Shape, _ variant: String) throws {
    let (x, y) = (shape.input(30), shape.target(30))
    func results() throws -> [Tensor<Float>] {
      let head = try shape.head()
      return [try head(x, y).output, try head.logProb(x), try head.logSumExp(x)]
    }
    let scalar = try Runtime.withVariant("scalar", results)
    for (a, b) in zip(try Runtime.withVariant(variant, results), scalar) { #expect(bitDifference(a, b) == nil) }
  }

  @Test func reductionsAndIgnoredTargets() throws {
    let shape = Shape.all[1]
    let head = try shape.head()
    let x = shape.input(4)
    let y = Tensor<Int64>([3, -1, 7, 3])
    let logProb = try head.logProb(x)
    let (output, loss) = try head(x, y, ignoreIndex: -1, reduction: .sum)
    #expect(output.scalars == [logProb[0, 3], 0, logProb[2, 7], logProb[3, 3]])
    #expect(abs(try loss.item() + output.scalars.reduce(0, +)) < 1e-5)
    #expect(try head(x, y, ignoreIndex: -1, reduction: .none).loss.scalars == output.scalars.map { 0 - $0 })
  }

  @Test func namedTensors() throws {
    let shape = Shape.all[2]
    var dict = StateDict<Float>()
    dict["model.embed.weight"] = try Tensor.zeros([3, 3])
    dict["lm_head.weight"] = shape.weight
    dict["lm_head.bias"] = shape.biases
    let head = try LinearHead<Float>(weights: dict, weight: "lm_head.weight", bias: "lm_head.bias")
    let x = shape.input(5)
    #expect(bitDifference(try head.logProb(x), try shape.head().logProb(x)) == nil)
    #expect(head.description == "LinearHead(in_features=16, out_features=1025, bias=True)")
    let adaptive = AdaptiveLogSoftmaxWithLoss(head)
    #expect(bitDifference(try adaptive.logProb(x), try head.logProb(x)) == nil)
    #expect(adaptive.cutoffs == [1025])
    #expect(adaptive.description.contains("  (tail): ModuleList()\n"))
  }

  @Test func refusals() throws {
    var dict = StateDict<Float>()
    dict["a"] = try Tensor.zeros([3, 2])
    dict["b"] = try Tensor.zeros([4])
    func load(_ weight: String, _ bias: String? = nil) -> String {
      refusal(.weights) { _ = try LinearHead<Float>(weights: dict, weight: weight, bias: bias) }
    }
    #expect(load("c") == "Missing key in state_dict: \"c\"; there are \"a\" [3, 2]")
    #expect(load("b") == "size mismatch for b: expected shape [classes, features], each at least 1, found [4]")
    #expect(load("a", "b") == "size mismatch for b: expected shape [3], found [4]")
    expectRefusal(.weights, "expected weights of shape [classes, features], each at least 1, found [0, 3]") {
      try LinearHead(weight: Tensor<Float>.zeros([0, 3]))
    }
    expectRefusal(.shape, "expected weights of shape [classes, features], found [4]") {
      try LinearHead(weight: Tensor<Float>.zeros([4]))
    }
    let head = try LinearHead(weight: Tensor<Float>.zeros([3, 2]))
    expectRefusal(.shape, "expected inputs of shape [..., 2], found [2, 3]") {
      try head.logSumExp(Tensor<Float>.zeros([2, 3]))
    }
    expectRefusal(.target, "Target values should be in [0, 2]") {
      try head(Tensor<Float>.zeros([1, 2]), Tensor<Int64>([3]))
    }
  }

  @Test func doubleAndHalf() throws {
    let shape = Shape.all[1]
    let weight: Tensor<BFloat16> = Inputs.tensor(.normal, [33, 5], seed: 2)
    let head: LinearHead<Float> = try LinearHead(weight: weight)
    let wide = try LinearHead(weight: weight.to(Float.self))
    #expect(bitDifference(try head.logProb(shape.input(3)), try wide.logProb(shape.input(3))) == nil)
    let double = try LinearHead(weight: weight.to(Double.self))
    let x: Tensor<Double> = Inputs.tensor(.normal, [3, 5], seed: 3)
    #expect(try double.predict(x).scalars == Oracle.argmax(Exact(try double.logProb(x))).map { Int64($0) })
  }

  @Test func queriesAreThoseOfAHeadWithoutTails() throws {
    let weight = Inputs.tensor(.normal, [500, 9], seed: 2, as: Float.self)
    let head = try LinearHead(weight: weight, softcap: 2)
    let x = Inputs.tensor(.normal, [20, 9], seed: 3, as: Float.self)
    let logProb = try head.logProb(x)
    var best = try head.topK(x, k: 500)
    for row in 0..<20 {
      let values = try logProb.row(row).scalars
      let order = RandomHead.order(values)
      #expect(try best.ids.row(row).scalars == order.map { Int64($0) })
      #expect(try head.rank(x.row(row), of: Tensor<Int>(scalar: order[41])).item() == 42)
      let entropy = values.reduce(0) { $0 - exp(Double($1)) * Double($1) }
      #expect(abs(Double(try head.entropy(x.row(row)).item()) - entropy) <= 1e-5)
    }
    #expect(try bitDifference(head.logProb(x, classes: best.ids).scalars, best.logProbs.scalars) == nil)
    try head.topK(x, k: 3, into: &best)
    #expect(best.ids.shape == [20, 3] && best.tiles.computed == 40 && best.tiles.skipped == 0)
  }

  /// Results written to what an earlier call left, of another shape and whatever it holds.
  @Test(arguments: Shape.all)
  func resultsIntoOldTensors(_ shape: Shape) throws {
    let head = try shape.head()
    let (x, y, before) = (shape.input(7), shape.target(7), shape.input(3))
    var floats = try head.logProb(before)
    try head.logProb(x, into: &floats)
    #expect(try bitDifference(floats, head.logProb(x)) == nil)
    let loss = try head(x, y, into: &floats)
    let (output, expected) = try head(x, y)
    #expect(bitDifference(floats, output) == nil && bitDifference(loss, expected) == nil)
    try head.logSumExp(x, into: &floats)
    #expect(try bitDifference(floats, head.logSumExp(x)) == nil)
    try linearLogSumExp(x, LinearWeights(shape.weight), into: &floats)
    #expect(try bitDifference(floats, linearLogSumExp(x, shape.weight)) == nil)

    var classes = try head.predict(before)
    try head.predict(x, into: &classes)
    #expect(try bitDifference(classes, head.predict(x)) == nil)
    try head.sample(x, count: 3, using: CounterGenerator(seed: 5), into: &classes)
    #expect(try bitDifference(classes, head.sample(x, count: 3, using: CounterGenerator(seed: 5))) == nil)
  }

  /// Thousands of equal blocks: roundings of the same sign, were they added one after the other.
  @Test func aMillionClassesAddUpInDouble() throws {
    let classes = 1_000_000
    var weight = try Tensor<Double>.full([classes, 1], -1)
    weight[0, 0] = 0
    let gaps = (0..<40).map { 13.5 + 0.07 * Double($0) }
    let head = try LinearHead(weight: weight)
    let found = try head(Tensor(shape: [gaps.count, 1], scalars: gaps), Tensor<Int>.zeros([gaps.count])).output.scalars
    for (gap, found) in zip(gaps, found) {
      let exact = -log1p(Wide(classes - 1) * exp(-Wide(gap)))
      #expect(abs(Wide(found) - exact) <= 5 * Wide(Double(exact).ulp), "gap \(gap)")
    }
  }
}
