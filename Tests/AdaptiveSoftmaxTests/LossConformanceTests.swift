import AdaptiveSoftmax
import Testing

private let inf = Double.infinity
private let nan = Double.nan

/// The numbered conformance cases of NLL and cross-entropy, as PyTorch 2.15 answers them in float64.
@Suite struct LossConformance {
  let x: Tensor<Double>
  let y = Tensor<Int>([2, 0])
  let w = Tensor<Double>([0.5, 1, 2])
  let p: Tensor<Double>

  init() throws {
    x = try Tensor([[1, 2, 3], [1, 0, 0]])
    p = try Tensor([[0.2, 0.3, 0.5], [1, 0, 0]])
  }

  @Test func case26CrossEntropy() throws {
    expectClose(try crossEntropy(x, y), shape: [], [0.4795253391882157])
    expectClose(
      try crossEntropy(x, y, reduction: .none), shape: [2], [0.4076059644443803, 0.5514447139320511])
    expectClose(try crossEntropy(x, y, reduction: .sum), shape: [], [0.9590506783764314])
  }

  @Test func case27WeightedNLL() throws {
    let logP = try logSoftmax(x, dim: 1)
    expectClose(try nllLoss(logP, y, weight: w), [0.43637371434191453], ulps: 4)
    expectClose(
      try nllLoss(logP, y, weight: w, reduction: .none), [0.8152119288887606, 0.27572235696602554])
  }

  @Test func case28IgnoredTargets() throws {
    expectClose(try crossEntropy(x, Tensor<Int>([-100, 0])), [0.5514447139320511])
    let ignored = Tensor<Int>([-100, -100])
    expectClose(try crossEntropy(x, ignored), [nan])
    expectClose(try crossEntropy(x, ignored, reduction: .meanOrZero), [0], ulps: 0)
    expectClose(try crossEntropy(x, ignored, reduction: .sum), [0], ulps: 0)
    expectClose(try crossEntropy(x, ignored, reduction: .none), [0, 0], ulps: 0)
    expectClose(try nllLoss(x, ignored, weight: w), [nan])
    expectClose(try nllLoss(x, ignored, weight: w, reduction: .meanOrZero), [0], ulps: 0)
  }

  @Test func case29LabelSmoothing() throws {
    expectClose(try crossEntropy(x, y, labelSmoothing: 0.1), [0.5628586725215491])
    expectClose(try crossEntropy(x, y, weight: w, labelSmoothing: 0.1), [0.5041587078986232])
    expectClose(try crossEntropy(x, y, weight: w, reduction: .sum, labelSmoothing: 0.1), [1.2603967697465581])
    expectClose(
      try crossEntropy(x, y, weight: w, reduction: .none, labelSmoothing: 0.1),
      [0.8479114318517291, 0.41248533789482894])
    let ignored = Tensor<Int>([-100, 0])
    expectClose(try crossEntropy(x, ignored, weight: w, labelSmoothing: 0.1), [0.8249706757896579])
    expectClose(try crossEntropy(x, ignored, labelSmoothing: 0.1), [0.6181113805987179])
  }

  @Test func case30SmoothingRange() throws {
    expectClose(try crossEntropy(x, y, labelSmoothing: 1), [1.3128586725215491])
    for bad in [1.1, 1.5, -0.1, -1e-9, inf, nan] {
      let text = "label_smoothing must be between 0.0 and 1.0. Got: \(bad)"
      expectRefusal(.argument, text) { try crossEntropy(x, y, labelSmoothing: bad) }
      expectRefusal(.argument, text) { try crossEntropy(x, p, labelSmoothing: bad) }
    }
  }

  @Test func case31Probabilities() throws {
    expectClose(try crossEntropy(x, p), shape: [], [0.8295253391882158])
    expectClose(try crossEntropy(x, p, weight: w), [0.673185353594079])
    expectClose(try crossEntropy(x, p, labelSmoothing: 0.1), [0.8778586725215491])
    expectClose(try crossEntropy(x, p, weight: w, labelSmoothing: 0.1), [0.7451447744732964])
    expectRefusal(.argument, "ignore_index is not supported for floating point target") {
      try crossEntropy(x, p, ignoreIndex: 0)
    }
  }

  @Test func case32MinusInfinityLogits() throws {
    let x = try Tensor<Double>([[0, -.infinity, 0]])
    let log2 = 0.6931471805599453
    expectClose(try crossEntropy(x, Tensor<Int>([0])), [log2])
    expectClose(try crossEntropy(x, Tensor<Int>([1])), [inf])
    expectClose(try crossEntropy(x, Tensor<Int>([0]), labelSmoothing: 0.1), [inf])
    expectClose(try crossEntropy(x, Tensor<Double>([[0.5, 0, 0.5]])), [log2])
  }

  @Test func case33IgnoredRowOfMinusInfinity() throws {
    let x = try Tensor<Double>([[-.infinity, -.infinity], [0, 0]])
    expectClose(try crossEntropy(x, Tensor<Int>([-100, 0])), [0.6931471805599453])
    expectClose(try crossEntropy(x, Tensor<Int>([1, 0]), reduction: .none), [nan, 0.6931471805599453])
  }

  @Test func case34TargetsOutOfBounds() throws {
    var loss = try Tensor<Double>.ones([2])
    for bad in [3, -1, Int.max, Int.min] {
      let target = Tensor<Int>([0, bad])
      let text = "Target \(bad) is out of bounds."
      expectRefusal(.target, text) { try crossEntropy(x, target) }
      expectRefusal(.target, text) { try nllLoss(x, target) }
      expectRefusal(.target, text) { try crossEntropy(x, target, labelSmoothing: 0.1) }
      expectRefusal(.target, text) { try crossEntropy(x, target, reduction: .none, into: &loss) }
    }
    #expect(loss.scalars == [1, 1])
    expectRefusal(.target, "Target 18446744073709551615 is out of bounds.") {
      try nllLoss(x, Tensor<UInt64>([0, .max]))
    }
    let k = try Tensor<Int>([[0, 1], [2, 3]])
    expectRefusal(
      .target, "Target 3 is out of bounds. Expected a class in [0, 2] or ignoreIndex -100, found it at index [1, 1]"
    ) {
      try crossEntropy(Tensor<Float>.zeros([2, 3, 2]), k)
    }
    expectClose(try crossEntropy(x, y, weight: w, ignoreIndex: 2), [0.5514447139320511])
  }

  @Test func case35Shapes() throws {
    expectClose(try crossEntropy(Tensor<Double>([1, 2, 3]), Tensor<Int>(scalar: 2)), shape: [], [0.4076059644443803])
    expectClose(
      try nllLoss(Tensor<Double>([1, 2, 3]), Tensor<Int>([2]), reduction: .none), shape: [], [-3], ulps: 0)
    for shape in [[2, 3, 4], [2, 3, 4, 5], [2, 3, 4, 5, 6]] {
      var rows = shape
      rows.remove(at: 1)
      let loss = try crossEntropy(Tensor<Float>.zeros(shape), Tensor<Int>.zeros(rows), reduction: .none)
      expectClose(loss, shape: rows, [Double](repeating: 1.0986122886681098, count: loss.count))
    }
    expectRefusal(.shape, "Expected target size [2, 4], got [2, 5]") {
      try crossEntropy(Tensor<Float>.zeros([2, 3, 4]), Tensor<Int>.zeros([2, 5]))
    }
    expectRefusal(.shape, "Expected input batch_size (2) to match target batch_size (3).") {
      try crossEntropy(Tensor<Float>.zeros([2, 3]), Tensor<Int>.zeros([3]))
    }
    expectRefusal(.target, "Expected floating point type for target with class probabilities, got int64") {
      try crossEntropy(x, Tensor<Int>.zeros([2, 3]))
    }
    expectRefusal(.shape, "0D or 1D target tensor expected, multi-target not supported") {
      try nllLoss(x, Tensor<Int>.zeros([2, 3]))
    }
    expectRefusal(.shape, "For 1D input, 1D target must have size 1, but got target size: 3") {
      try nllLoss(Tensor<Double>([1, 2, 3, 4]), Tensor<Int>([0, 1, 2]))
    }
    expectRefusal(.shape, "Expected 1 or more dimensions (got 0)") {
      try nllLoss(Tensor<Double>(scalar: 1), Tensor<Int>(scalar: 0))
    }
    expectRefusal(.shape, "Expected input batch_size (2) to match a target batch_size, but the target is 0D") {
      try nllLoss(x, Tensor<Int>(scalar: 0))
    }
    expectRefusal(.shape, "Expected class probabilities of the input's shape [2, 3], got [3, 2]") {
      try crossEntropy(x, Tensor<Double>.zeros([3, 2]))
    }
  }

  @Test func case35WeightShape() throws {
    let text = "weight tensor should be defined either for all 3 classes or no classes but got weight tensor of shape: "
    let short = Tensor<Double>([1, 2])
    expectRefusal(.shape, text + "[2]") { try nllLoss(x, y, weight: short) }
    expectRefusal(.shape, text + "[2]") { try crossEntropy(x, y, weight: short) }
    expectRefusal(.shape, text + "[2]") { try crossEntropy(x, p, weight: short) }
    expectRefusal(.shape, text + "[1, 3]") { try crossEntropy(x, y, weight: Tensor([[1, 2, 3]])) }
  }

  @Test func case36Empty() throws {
    let x = try Tensor<Double>.zeros([0, 3])
    let none = Tensor<Int>([])
    expectClose(try crossEntropy(x, none), shape: [], [nan])
    expectClose(try crossEntropy(x, none, reduction: .meanOrZero), shape: [], [0], ulps: 0)
    expectClose(try crossEntropy(x, none, reduction: .sum), shape: [], [0], ulps: 0)
    expectClose(try crossEntropy(x, none, reduction: .none), shape: [0], [])
    expectClose(try crossEntropy(x, x), shape: [], [nan])
    expectClose(try crossEntropy(x, x, reduction: .none), shape: [0], [])
    expectRefusal(.target, "Target 0 is out of bounds.") {
      try crossEntropy(Tensor<Double>.zeros([2, 0]), Tensor<Int>([0, 0]))
    }
    let noClasses = try Tensor<Double>.zeros([2, 0])
    expectClose(try crossEntropy(noClasses, noClasses, reduction: .none), shape: [2], [0, 0], ulps: 0)
    expectClose(try crossEntropy(noClasses, noClasses, labelSmoothing: 0.1), shape: [], [nan])
    expectClose(try nllLoss(Tensor<Double>([1, 2]), Tensor<Int>(scalar: -100)), shape: [], [nan])
  }

  @Test func case37HalfAccumulatesInFloat() throws {
    let zeros = try Tensor<Float16>.zeros([20000, 1000])
    let loss: Tensor<Float> = try crossEntropy(zeros, Tensor<Int>.zeros([20000]))
    expectClose(loss, [6.907755278982137])
  }

  @Test func case38LargeLogits() throws {
    expectClose(try crossEntropy(Tensor<Float>([[1e4, -1e4]]), Tensor<Int>([1])), [20000], ulps: 0)
    let logP = try Tensor<Float>([[.nan, .nan], [-1, -2]])
    expectClose(try nllLoss(logP, Tensor<Int>([-100, 1])), [2], ulps: 0)
  }

  @Test func case39BigOffsets() throws {
    expectClose(try crossEntropy(Tensor<Float>([[1e8, 1e8]]), Tensor<Int>([0])), [0.6931471805599453])
  }

  @Test func zeroWeightTimesInfinityIsNaN() throws {
    let logP = try Tensor<Float>([[-.infinity, 0]])
    expectClose(try nllLoss(logP, Tensor<Int>([0]), weight: Tensor([0, 1]), reduction: .none), [nan])
    expectClose(try nllLoss(Tensor<Float>([[-1, 0]]), Tensor<Int>([0]), weight: Tensor([0, 1])), [nan])
  }

  @Test func everyIntegerTypeIsATarget() throws {
    func check<Index: IndexTensorScalar>(_: Index.Type) throws {
      let target = Tensor<Index>([2, 0])
      expectClose(try crossEntropy(x, target), [0.4795253391882157])
      expectClose(try nllLoss(x, target, ignoreIndex: 2, reduction: .none), [0, -1], ulps: 0)
    }
    try check(Int.self)
    try check(Int64.self)
    try check(Int32.self)
    try check(Int16.self)
    try check(Int8.self)
    try check(UInt64.self)
    try check(UInt32.self)
    try check(UInt16.self)
    try check(UInt8.self)
  }

  @Test func intoReusesItsStorage() throws {
    var loss = try Tensor<Double>.zeros([2])
    let before = loss.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
    try crossEntropy(x, y, reduction: .none, into: &loss)
    #expect(loss.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) } == before)
    expectClose(loss, shape: [2], [0.4076059644443803, 0.5514447139320511])
    try crossEntropy(x, p, into: &loss)
    expectClose(loss, shape: [], [0.8295253391882158])
    try nllLoss(x, y, reduction: .sum, into: &loss)
    expectClose(loss, shape: [], [-4], ulps: 0)
  }

  @Test func negativeThreadsAreRefused() throws {
    expectRefusal(.argument, "threads must not be negative, got -1") { try crossEntropy(x, y, threads: -1) }
    expectRefusal(.argument, "threads must not be negative, got -1") { try softmax(x, dim: 0, threads: -1) }
    expectRefusal(.argument, "threads must not be negative, got -2") { try logSumExp(x, dim: 0, threads: -2) }
  }
}
