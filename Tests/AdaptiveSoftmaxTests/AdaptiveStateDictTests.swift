import AdaptiveSoftmax
import TestSupport
import Testing

@Suite struct AdaptiveStateDictTests {
  @Test(arguments: AdaptiveShape.all)
  func roundTrip(_ shape: AdaptiveShape) throws {
    let dict = try shape.stateDict(as: Float.self)
    let head = try AdaptiveLogSoftmaxWithLoss(stateDict: dict)
    let back = try head.stateDict()
    #expect(back.map(\.name) == head.layout.weightShapes.map(\.name))
    for (name, tensor) in dict { #expect(bitDifference(try #require(back[name]), tensor) == nil, "\(name)") }
    #expect(head.layout == (try shape.layout()))
  }

  @Test func storageTypesAndPrefixes() throws {
    let half = try AdaptiveShape.small.stateDict(as: Float16.self)
    var prefixed = StateDict<Float16>()
    for (name, tensor) in half { prefixed["model.out." + name] = tensor }
    let a: AdaptiveLogSoftmaxWithLoss<Float> = try AdaptiveLogSoftmaxWithLoss(stateDict: prefixed)
    for (name, tensor) in try a.stateDict() {
      #expect(tensor.scalars.map { $0.asDouble } == half[name]?.scalars.map { $0.asDouble })
    }
    let double = try AdaptiveLogSoftmaxWithLoss(stateDict: AdaptiveShape.small.stateDict(as: Double.self))
    let given = try AdaptiveShape.small.stateDict(as: Double.self)
    #expect(bitDifference(try double.stateDict()[0].tensor, given[0].tensor) == nil)
    let brain: AdaptiveLogSoftmaxWithLoss<Double> = try AdaptiveLogSoftmaxWithLoss(
      weights: AdaptiveShape.small.stateDict(as: BFloat16.self), dtype: Double.self)
    #expect(brain.nClasses == 20)
  }

  /// As load_state_dict takes it.
  @Test func biasOfAnotherType() throws {
    struct Mixed: WeightSource {
      let dict: StateDict<BFloat16>
      let bias: StateDict<Double>
      var weights: [WeightDescription] { dict.weights.filter { bias[$0.name] == nil } + bias.weights }
      func withUnsafeWeightBytes<Result>(
        _ name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
      ) throws -> Result {
        guard bias[name] != nil else { return try dict.withUnsafeWeightBytes(name, body) }
        return try bias.withUnsafeWeightBytes(name, body)
      }
    }
    let shape = AdaptiveShape(inFeatures: 8, nClasses: 20, cutoffs: [4, 9], divValue: 2, headBias: true)
    let weights = try shape.stateDict(as: BFloat16.self)
    let bias = try #require(try shape.stateDict(as: Double.self)["head.bias"])
    let head = try AdaptiveLogSoftmaxWithLoss(weights: Mixed(dict: weights, bias: ["head.bias": bias]))
    let back = try head.stateDict()
    #expect(back["head.bias"]?.scalars == bias.scalars.map { Float($0) })
    #expect(back["head.weight"]?.scalars == weights["head.weight"]?.scalars.map(\.float))
  }

  @Test func bytesAtOddAddresses() throws {
    struct Odd: WeightSource {
      let dict: StateDict<Float>
      var weights: [WeightDescription] { dict.weights }
      func withUnsafeWeightBytes<Result>(
        _ name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
      ) throws -> Result {
        try dict.withUnsafeWeightBytes(name) { bytes in
          try ([0] + Array(bytes)).withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0.dropFirst())) }
        }
      }
    }
    let dict = try AdaptiveShape.small.stateDict()
    let back = try AdaptiveLogSoftmaxWithLoss(weights: Odd(dict: dict)).stateDict()
    for (name, tensor) in dict { #expect(bitDifference(try #require(back[name]), tensor) == nil, "\(name)") }
  }

  @Test func errorsOfTheSourcePassThrough() throws {
    struct ReadFailed: Error {}
    struct Broken: WeightSource {
      let dict: StateDict<Float>
      var weights: [WeightDescription] { dict.weights }
      func withUnsafeWeightBytes<Result>(
        _ name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
      ) throws -> Result { throw ReadFailed() }
    }
    let dict = try AdaptiveShape.small.stateDict()
    #expect(throws: ReadFailed.self) { _ = try AdaptiveLogSoftmaxWithLoss(weights: Broken(dict: dict)) }
  }

  @Test func aSourceThatHandsOverTooLittle() throws {
    struct Short: WeightSource {
      let dict: StateDict<Float>
      var weights: [WeightDescription] { dict.weights }
      func withUnsafeWeightBytes<Result>(
        _ name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
      ) throws -> Result {
        try dict.withUnsafeWeightBytes(name) { try body(UnsafeRawBufferPointer(rebasing: $0.dropLast(4))) }
      }
    }
    let dict = try AdaptiveShape.small.stateDict()
    let bytes = 4 * dict[0].tensor.count
    expectRefusal(
      .weights, "head.weight: expected \(bytes) bytes for \(dict[0].tensor.shape), found \(bytes - 4); mend the source"
    ) { try AdaptiveLogSoftmaxWithLoss(weights: Short(dict: dict)) }
  }

  @Test func case52InitialWeights() throws {
    var generator = SeededGenerator(seed: 5)
    let head = try AdaptiveLogSoftmaxWithLoss(
      inFeatures: 16, nClasses: 2000, cutoffs: [500, 1000], divValue: 2, headBias: true, using: &generator)
    let dict = try head.stateDict()
    for (name, fanIn) in [
      ("head.weight", 16), ("head.bias", 16), ("tail.0.0.weight", 16), ("tail.0.1.weight", 8), ("tail.1.0.weight", 16),
      ("tail.1.1.weight", 4),
    ] {
      let values = try #require(dict[name]).scalars
      let bound = 1 / Float(fanIn).squareRoot()
      #expect(values.allSatisfy { abs($0) <= bound })
      #expect(values.contains { $0 > 0.9 * bound || $0 < -0.9 * bound })
    }
    let mean = dict[0].tensor.scalars.reduce(0, +) / Float(dict[0].tensor.count)
    #expect(abs(mean) < 0.01)

    var again = SeededGenerator(seed: 5)
    let same = try AdaptiveLogSoftmaxWithLoss(
      inFeatures: 16, nClasses: 2000, cutoffs: [500, 1000], divValue: 2, headBias: true, using: &again)
    for (name, tensor) in try same.stateDict() { #expect(bitDifference(tensor, try #require(dict[name])) == nil) }

    var fresh = SeededGenerator(seed: 5)
    let first = try Tensor<Float>.rand([502, 16], low: -0.25, high: 0.25, using: &fresh)
    #expect(bitDifference(first, dict[0].tensor) == nil, "head.weight is drawn first")
  }

  @Test func initialWeightsWithoutAGenerator() throws {
    let float = try AdaptiveLogSoftmaxWithLoss(inFeatures: 8, nClasses: 20, cutoffs: [5])
    let double = try AdaptiveLogSoftmaxWithLoss(inFeatures: 8, nClasses: 20, cutoffs: [5], dtype: Double.self)
    #expect(try float.stateDict()[0].tensor.shape == double.stateDict()[0].tensor.shape)
    let allowed = try AdaptiveLogSoftmaxWithLoss(
      inFeatures: 10, nClasses: 1000, cutoffs: [10, 100], allowZeroWidthTails: true)
    #expect(try allowed.stateDict()["tail.1.1.weight"]?.shape == [900, 0])
  }

  @Test(
    arguments: ["head.weight", "head.bias", "tail.0.0.weight", "tail.2.1.weight"], [Float.nan, .infinity, -.infinity])
  func nonFiniteWeights(_ name: String, _ bad: Float) throws {
    let shape = AdaptiveShape(inFeatures: 40, nClasses: 300, cutoffs: [70, 150, 200], headBias: true)
    var dict = try shape.stateDict()
    #expect(try AdaptiveLogSoftmaxWithLoss(stateDict: dict).firstNonFiniteWeight() == nil)
    var tensor = try #require(dict[name])
    dict[name] = nil
    let last = tensor.count - 1
    tensor.withUnsafeMutableBufferPointer { scalars in
      scalars[last] = .nan
      scalars[last / 2] = bad
    }
    dict[name] = tensor
    let found = try #require(try AdaptiveLogSoftmaxWithLoss(stateDict: dict).firstNonFiniteWeight())
    let width = tensor.rank == 2 ? tensor.shape[1] : 1
    #expect(found.name == name)
    #expect(found.index == (tensor.rank == 2 ? [last / 2 / width, last / 2 % width] : [last / 2]))
    #expect(found.value.bitPattern == bad.bitPattern)
  }

  @Test func printsAsPyTorchDoes() throws {
    #expect(
      try AdaptiveShape.small.head().description == """
        AdaptiveLogSoftmaxWithLoss(
          (head): Linear(in_features=8, out_features=8, bias=True)
          (tail): ModuleList(
            (0): Sequential(
              (0): Linear(in_features=8, out_features=4, bias=False)
              (1): Linear(in_features=4, out_features=5, bias=False)
            )
            (1): Sequential(
              (0): Linear(in_features=8, out_features=2, bias=False)
              (1): Linear(in_features=2, out_features=5, bias=False)
            )
            (2): Sequential(
              (0): Linear(in_features=8, out_features=1, bias=False)
              (1): Linear(in_features=1, out_features=5, bias=False)
            )
          )
        )
        """)
    let equal = AdaptiveShape(inFeatures: 4, nClasses: 9, cutoffs: [3, 6], divValue: 1)
    #expect(
      try equal.head().description.contains(
        "    (0-1): 2 x Sequential(\n      (0): Linear(in_features=4, out_features=4, bias=False)\n"))
  }
}
