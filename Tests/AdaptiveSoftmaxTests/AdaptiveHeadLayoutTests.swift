import AdaptiveSoftmax
import Testing

@Suite struct AdaptiveHeadLayoutTests {
  static let sentence =
    "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value is "
    + "between 1 and n_classes-1"

  // Conformance case 40.
  @Test(arguments: [
    ([0, 5], "write [5]"), ([5, 5], "write [5]"), ([5, 3], "write [3, 5]"), ([-1, 3], "write [3]"),
    ([1000], "write at least one cutoff in 1...999"), ([10, 100, 1000], "write [10, 100]"), ([7, 2000], "write [7]"),
  ])
  func case40Refusals(_ cutoffs: [Int], _ mend: String) {
    let text = refusal(.argument) { _ = try AdaptiveHeadLayout(inFeatures: 10, nClasses: 1000, cutoffs: cutoffs) }
    #expect(text.hasPrefix(Self.sentence + "; found \(cutoffs) with nClasses 1000: "))
    #expect(text.hasSuffix("so " + mend))
  }

  @Test func case40TheArticlesCutoffs() {
    let text = refusal(.argument) {
      _ = try AdaptiveHeadLayout(inFeatures: 10, nClasses: 1000, cutoffs: [10, 100, 1000])
    }
    #expect(
      text == Self.sentence
        + "; found [10, 100, 1000] with nClasses 1000: the last cutoff must be below nClasses, and nClasses itself is "
        + "added by the module, so write [10, 100]")
  }

  @Test func case40EmptyAndLegal() throws {
    let text = refusal(.argument) { _ = try AdaptiveHeadLayout(inFeatures: 10, nClasses: 1000, cutoffs: []) }
    #expect(text.hasPrefix("cutoffs should be a sequence of length larger than 0"))
    let layout = try AdaptiveHeadLayout(inFeatures: 10, nClasses: 1000, cutoffs: [999])
    #expect(layout.cutoffs == [999, 1000])
    #expect(layout.nClasses == 1000)
    #expect(layout.shortlistSize == 999)
    #expect(layout.nClusters == 1)
    #expect(layout.headSize == 1000)
    #expect(layout.tailClasses(0) == 999..<1000)
    #expect(try AdaptiveHeadLayout(inFeatures: 4, nClasses: 2, cutoffs: [1]).headSize == 2)
  }

  @Test func otherArgumentsAreChecked() {
    let features = refusal(.argument) { _ = try AdaptiveHeadLayout(inFeatures: 0, nClasses: 9, cutoffs: [3]) }
    #expect(features == "inFeatures should be positive, found 0")
    let classes = refusal(.argument) { _ = try AdaptiveHeadLayout(inFeatures: 4, nClasses: 1, cutoffs: [1]) }
    #expect(classes == "nClasses should be at least 2, so that a cutoff fits below it, found 1")
    for divValue in [0, -2, Double.nan, -Double.infinity] {
      let text = refusal(.argument) {
        _ = try AdaptiveHeadLayout(inFeatures: 4, nClasses: 9, cutoffs: [3], divValue: divValue)
      }
      #expect(text == "divValue should be positive, found \(divValue)")
    }
    for divValue in [1e-300, .leastNonzeroMagnitude] {
      let text = refusal(.argument) {
        _ = try AdaptiveHeadLayout(inFeatures: 4, nClasses: 9, cutoffs: [3, 5], divValue: divValue)
      }
      #expect(text.contains("wider than an Int can count"))
    }
  }

  @Test func case41ZeroWidthTails() throws {
    let text = refusal(.argument) { _ = try AdaptiveHeadLayout(inFeatures: 10, nClasses: 1000, cutoffs: [10, 100]) }
    #expect(
      text
        == "tail 1 would have a projection of width 0: inFeatures / divValue^2 = 10 / 4.0^2 = 0.625 is below 1, and its "
        + "classes could never differ; write divValue: 3 (widths [3, 1]) or less, or allowZeroWidthTails: true for "
        + "PyTorch's module")
    let allowed = try AdaptiveHeadLayout(
      inFeatures: 10, nClasses: 1000, cutoffs: [10, 100], allowZeroWidthTails: true)
    #expect(allowed.tailFeatures == [2, 0])
    #expect(allowed.weightShapes.map(\.shape) == [[12, 10], [2, 10], [90, 2], [0, 10], [900, 0]])
    let mended = try AdaptiveHeadLayout(inFeatures: 10, nClasses: 1000, cutoffs: [10, 100], divValue: 3)
    #expect(mended.tailFeatures == [3, 1])
    #expect(
      refusal(.argument) {
        _ = try AdaptiveHeadLayout(inFeatures: 4, nClasses: 9, cutoffs: [3, 5], divValue: .infinity)
      }.contains("write divValue: 2"))
  }

  /// A tail without weights takes no memory, so that nothing else would bound its work.
  @Test func hugeZeroWidthTails() throws {
    let text = refusal(.argument) {
      _ = try AdaptiveHeadLayout(inFeatures: 10, nClasses: .max, cutoffs: [10, 100], allowZeroWidthTails: true)
    }
    #expect(text == "tail 1: expected at most 268435456 classes in a tail of width 0, found \(Int.max - 100)")
    _ = try AdaptiveHeadLayout(
      inFeatures: 10, nClasses: 100 + 1 << 28, cutoffs: [10, 100], allowZeroWidthTails: true)
  }

  @Test(arguments: [
    (10, 3.0, [3, 1, 0, 0]), (100, 1.5, [66, 44, 29, 19]), (512, 4, [128, 32, 8, 2]), (1000, 10, [100, 10, 1, 0]),
    (7, 2, [3, 1, 0, 0]), (8, 0.5, [16, 32, 64, 128]), (20, 2.5, [8, 3, 1, 0]), (1, 0.1, [9, 99, 999, 9999]),
  ])
  func case50Widths(_ inFeatures: Int, _ divValue: Double, _ widths: [Int]) throws {
    let layout = try AdaptiveHeadLayout(
      inFeatures: inFeatures, nClasses: 9, cutoffs: [1, 2, 3, 4], divValue: divValue, allowZeroWidthTails: true)
    #expect(layout.tailFeatures == widths)
  }

  @Test func case51NamesAndShapes() throws {
    let layout = try AdaptiveHeadLayout(
      inFeatures: 16, nClasses: 20, cutoffs: [5, 10, 15], divValue: 2, headBias: true)
    let expected: [(String, [Int])] = [
      ("head.weight", [8, 16]), ("head.bias", [8]), ("tail.0.0.weight", [8, 16]), ("tail.0.1.weight", [5, 8]),
      ("tail.1.0.weight", [4, 16]), ("tail.1.1.weight", [5, 4]), ("tail.2.0.weight", [2, 16]),
      ("tail.2.1.weight", [5, 2]),
    ]
    #expect(layout.weightShapes.map(\.name) == expected.map(\.0))
    #expect(layout.weightShapes.map(\.shape) == expected.map(\.1))
  }

  @Test(arguments: AdaptiveShape.all)
  func recoveredFromShapes(_ shape: AdaptiveShape) throws {
    let layout = try shape.layout()
    #expect(try AdaptiveHeadLayout(weights: descriptions(layout), prefix: "") == layout)
  }

  @Test func prefixes() throws {
    let layout = try AdaptiveShape.small.layout()
    let own = descriptions(layout, prefix: "decoder.softmax.")
    let others = ["lm_head.weight", "encoder.head.weight", "tail.0.0.weight"].map {
      WeightDescription(name: $0, shape: [3, 3], typeName: "float32", type: .float32)
    }
    #expect(try AdaptiveHeadLayout.prefix(in: others + own) == "decoder.softmax.")
    #expect(try AdaptiveHeadLayout(weights: others + own, prefix: "decoder.softmax.") == layout)
    let text = refusal(.weights) { _ = try AdaptiveHeadLayout.prefix(in: own + descriptions(layout)) }
    #expect(text.hasSuffix("choose a prefix among \"decoder.softmax.\", \"\""))
    #expect(try AdaptiveHeadLayout.prefix(in: others) == "")
  }

  @Test func namesThatAreMissingOrUnexpected() throws {
    var weights = descriptions(try AdaptiveShape.small.layout())
    weights.removeAll { $0.name == "tail.1.0.weight" || $0.name == "head.weight" }
    for name in ["tail.01.0.weight", "tail.99999999.0.weight", "tail.0.2.weight", "bias"] {
      weights.append(WeightDescription(name: name, shape: [1, 1], typeName: "float32", type: .float32))
    }
    #expect(
      refusal(.weights) { _ = try AdaptiveHeadLayout(weights: weights, prefix: "") }
        == "error in loading state_dict for AdaptiveLogSoftmaxWithLoss: Missing key(s) in state_dict: \"head.weight\", "
        + "\"tail.1.0.weight\". Unexpected key(s) in state_dict: \"tail.01.0.weight\", \"tail.99999999.0.weight\", "
        + "\"tail.0.2.weight\", \"bias\".")
    for i in 0..<300 {
      weights.append(WeightDescription(name: "layers.\(i)", shape: [1], typeName: "float32", type: .float32))
    }
    let many = refusal(.weights) { _ = try AdaptiveHeadLayout(weights: weights, prefix: "") }
    #expect(many.hasSuffix("\"layers.4\", \"layers.5\" and 294 more."))
  }

  @Test(arguments: [
    ("head.weight", [3, 8], "[shortlist + 3, inFeatures], each at least 1"), ("head.weight", [8], "[shortlist + 3"),
    ("head.bias", [7], "[8]"), ("tail.0.0.weight", [4, 9], "[width, 8]"), ("tail.1.1.weight", [5, 3], "[classes, 2]"),
    ("tail.2.1.weight", [0, 1], "[classes, 1], at least one class"), ("tail.2.1.weight", [5, 1, 1], "[classes, 1]"),
  ])
  func shapesThatDoNotFit(_ name: String, _ shape: [Int], _ expected: String) throws {
    let weights = descriptions(try AdaptiveShape.small.layout()).map {
      $0.name == name ? WeightDescription(name: name, shape: shape, typeName: "float32", type: .float32) : $0
    }
    let text = refusal(.weights) { _ = try AdaptiveHeadLayout(weights: weights, prefix: "") }
    #expect(text.hasPrefix("size mismatch for \(name): expected shape \(expected)"))
    #expect(text.hasSuffix("found \(shape)"))
  }

  @Test func typesThatHoldNoWeights() throws {
    let weights = descriptions(try AdaptiveShape.small.layout()).map {
      $0.name == "head.bias" ? WeightDescription(name: $0.name, shape: $0.shape, typeName: "I64", type: nil) : $0
    }
    #expect(
      refusal(.weights) { _ = try AdaptiveHeadLayout(weights: weights, prefix: "") }
        == "head.bias: expected float16, bfloat16, float32 or float64, found I64")
  }

  private func descriptions(_ layout: AdaptiveHeadLayout, prefix: String = "") -> [WeightDescription] {
    layout.weightShapes.map {
      WeightDescription(name: prefix + $0.name, shape: $0.shape, typeName: "float32", type: .float32)
    }
  }
}
