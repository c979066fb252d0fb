import AdaptiveSoftmax
import TestSupport
import Testing

/// The values and texts are those of PyTorch 2.15 in float64.
struct LinearCrossEntropyLossTests {
  let classWeight = Tensor<Double>([0.5, 1, 2, 1.5])
  let target = Tensor<Int64>([3, 2, 0])
  let input: Tensor<Double>
  let linear: LinearWeights<Double>

  init() throws {
    input = try Tensor([[1, 2, -1], [0.5, -0.5, 1], [0, 1, 3]])
    linear = try LinearWeights(
      Tensor<Double>([[0.5, -1, 2], [1, 0.25, -0.5], [-2, 1, 0], [0.75, 0.5, -1]]),
      bias: Tensor<Double>([0.1, -0.2, 0.3, 0]))
  }

  @Test func losses() throws {
    expectClose(try LinearCrossEntropyLoss<Double>(linear: linear)(input, target), shape: [], [1.5142739818808375])
    expectClose(try LinearCrossEntropyLoss<Double>(linear: linear, reduction: .sum)(input, target), [4.542821945642513])
    let weighted = try LinearCrossEntropyLoss<Double>(
      linear: linear, weight: classWeight, ignoreIndex: 2, labelSmoothing: 0.1)
    expectClose(try weighted(input, target), [0.7245599019252851], ulps: 4)
    let rows = try LinearCrossEntropyLoss<Double>(linear: linear, reduction: .none, labelSmoothing: 0.2)
    let expected = [0.8662719437895658, 3.8675392422686676, 0.9215107595842795]
    expectClose(try rows(input, target), shape: [3], expected, ulps: 4)
    var into = try Tensor<Double>.zeros([7])
    try rows(input, target, into: &into, threads: 1)
    #expect(try into.isBitwiseEqual(to: rows(input, target)))
  }

  @Test func printsAsInPyTorch() throws {
    let loss = try LinearCrossEntropyLoss<Double>(linear: linear, ignoreIndex: 2, reduction: .sum, labelSmoothing: 0.1)
    #expect(
      "\(loss)" == """
        LinearCrossEntropyLoss(
          in_features=3, num_classes=4, out_features=(), bias=True, reduction=sum, ignore_index=2, \
        label_smoothing=0.1, options=None
          (linear): Linear(in_features=3, out_features=4, bias=True)
        )
        """)
  }

  @Test(arguments: [true, false])
  func stateDictsRoundTrip(bias: Bool) throws {
    var generator = SeededGenerator(seed: 3)
    let weight = Tensor<Float16>([0.5, 1, 2, 1.5])
    let loss = try LinearCrossEntropyLoss<Float16>(
      inFeatures: 3, numClasses: 4, bias: bias, weight: weight, using: &generator)
    let state = try loss.stateDict()
    #expect(state.map(\.name) == ["weight", "linear.weight"] + (bias ? ["linear.bias"] : []))
    #expect(state["linear.weight"]!.scalars.allSatisfy { abs($0) <= 0.5774 })
    let again = try LinearCrossEntropyLoss<Float16>(weights: state)
    for (name, tensor) in state { #expect(try again.stateDict()[name]!.isBitwiseEqual(to: tensor), "\(name)") }
    let hidden = try input.to(Float16.self)
    #expect(try again(hidden, target).isBitwiseEqual(to: loss(hidden, target)))
  }

  @Test func weightsOfOtherTypesBehindAPrefix() throws {
    let state = try LinearCrossEntropyLoss<Double>(linear: linear, weight: classWeight).stateDict()
    var prefixed = StateDict<Double>()
    for (name, tensor) in state { prefixed["loss." + name] = tensor }
    prefixed["weight"] = try Tensor.zeros([9])
    let loss = try LinearCrossEntropyLoss<Float>(weights: prefixed, prefix: "loss.", reduction: .none)
    #expect(loss.weight == Tensor<Float>([0.5, 1, 2, 1.5]) && loss.linear.hasBias)
    let expected = try LinearCrossEntropyLoss<Double>(linear: linear, weight: classWeight, reduction: .none)(
      input, target)
    expectClose(try loss(input.to(Float.self), target), expected.scalars, ulps: 4)
  }

  @Test func refusals() throws {
    expectRefusal(.shape, "weight tensor should be defined either for all 4 classes or no classes") {
      try LinearCrossEntropyLoss<Double>(linear: linear, weight: Tensor<Double>.ones([3]))
    }
    expectRefusal(.argument, "label_smoothing must be between 0.0 and 1.0. Got: -0.5") {
      try LinearCrossEntropyLoss<Double>(linear: linear, labelSmoothing: -0.5)
    }
    var generator = SeededGenerator(seed: 1)
    expectRefusal(.shape, "sizes must not be negative, but the shape is [2, -1]") {
      try LinearCrossEntropyLoss<Float>(inFeatures: -1, numClasses: 2, using: &generator)
    }
    var state = try LinearCrossEntropyLoss<Double>(linear: linear).stateDict()
    state["weight"] = try Tensor.ones([4, 1])
    expectRefusal(.shape, "weight tensor should be defined") { try LinearCrossEntropyLoss<Double>(weights: state) }
    state["linear.bias"] = Tensor([1])
    expectRefusal(.weights, "size mismatch for linear.bias: expected shape [4], found [1]") {
      try LinearCrossEntropyLoss<Double>(weights: state)
    }
    state["linear.weight"] = nil
    expectRefusal(.weights, "Missing key in state_dict: \"linear.weight\"") {
      try LinearCrossEntropyLoss<Double>(weights: state)
    }
  }

  @Test func refusalsBeforeAnyWeightIsDrawnOrRead() throws {
    struct Undrawn: RandomNumberGenerator {
      mutating func next() -> UInt64 {
        Issue.record("drawn")
        return 0
      }
    }
    var generator = Undrawn()
    let mismatch = "weight tensor should be defined either for all 4 classes or no classes"
    let smoothing = "label_smoothing must be between 0.0 and 1.0. Got: 2.0"
    expectRefusal(.shape, mismatch) {
      try LinearCrossEntropyLoss<Float>(inFeatures: 3, numClasses: 4, weight: Tensor([1]), using: &generator)
    }
    expectRefusal(.argument, smoothing) {
      try LinearCrossEntropyLoss<Float>(inFeatures: 3, numClasses: 4, labelSmoothing: 2, using: &generator)
    }

    struct Unread: WeightSource {
      var weights: [WeightDescription]
      func withUnsafeWeightBytes<Result>(
        _ name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
      ) throws -> Result {
        Issue.record("read \(name)")
        return try body(UnsafeRawBufferPointer(start: nil, count: 0))
      }
    }
    func described(_ name: String, _ shape: [Int]) -> WeightDescription {
      WeightDescription(name: name, shape: shape, typeName: "F32", type: .float32)
    }
    var source = Unread(weights: [described("linear.weight", [4, 3])])
    expectRefusal(.argument, smoothing) { try LinearCrossEntropyLoss<Float>(weights: source, labelSmoothing: 2) }
    source.weights.append(described("weight", [3]))
    expectRefusal(.shape, mismatch) { try LinearCrossEntropyLoss<Float>(weights: source) }
  }
}
