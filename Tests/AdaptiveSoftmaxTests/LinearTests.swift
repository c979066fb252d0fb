import AdaptiveSoftmax
import TestSupport
import Testing

/// Linear layers without their logits, against the oracle and against themselves.
@Suite struct LinearTests {
  static let layers: [(classes: Int, depth: Int)] = [
    (1, 1), (2, 3), (31, 16), (32, 17), (33, 64), (100, 7), (257, 129), (513, 40), (5, 0),
  ]

  @Test(arguments: layers) func float(layer: (classes: Int, depth: Int)) throws { try check(layer, Float.self) }
  @Test(arguments: layers) func double(layer: (classes: Int, depth: Int)) throws { try check(layer, Double.self) }
  @Test(arguments: layers) func float16(layer: (classes: Int, depth: Int)) throws { try check(layer, Float16.self) }
  @Test(arguments: layers) func bfloat16(layer: (classes: Int, depth: Int)) throws { try check(layer, BFloat16.self) }

  private func check<Scalar: FloatingTensorScalar>(_ layer: (classes: Int, depth: Int), _: Scalar.Type) throws {
    let (classes, depth) = layer
    let hidden = Inputs.tensor(.normal, [19, depth], seed: 1, as: Scalar.self)
    let weight = Inputs.tensor(.normal, [classes, depth], seed: 2, as: Scalar.self)
    let bias = Inputs.tensor(.normal, [classes], seed: 3, as: Scalar.self)
    let classWeight = try Tensor<Scalar>(
      shape: [classes], scalars: (0..<classes).map { Scalar(converting: 0.5 + Double($0 % 3)) })
    let target = Inputs.classes(classes, count: 19)
    let logits = Oracle.linear(Exact(hidden), weight: Exact(weight), bias: Exact(bias))

    // One FMA chain: depth + 1 roundings of partial sums, in units of the largest sum of magnitudes.
    let magnitudes = Oracle.linear(
      Exact(shape: [19, depth], Exact(hidden).values.map(abs)),
      weight: Exact(shape: [classes, depth], Exact(weight).values.map(abs)),
      bias: Exact(shape: [classes], Exact(bias).values.map(abs)))
    let size = magnitudes.doubles.max()!
    let tolerance = (Double(depth) / 4 + 4) * ulp(of: size, Scalar.Accumulator.self)
    func near(_ found: Tensor<Scalar.Accumulator>, _ expected: [Double], _ factor: Double = 1) {
      #expect(found.count == expected.count)
      for (a, b) in zip(found.scalars, expected) { #expect(abs(a.asDouble - b) <= factor * tolerance, "\(a) \(b)") }
    }

    let packed = try LinearWeights(weight, bias: bias)
    near(try linearLogSumExp(hidden, packed), Oracle.logSumExp(logits, dims: [1]).doubles)
    #expect(try bitDifference(linearLogSumExp(hidden, weight, bias: bias), linearLogSumExp(hidden, packed)) == nil)
    let ids = Tensor<Int32>(target.map { Int32($0) })
    for weights in [nil, classWeight] {
      for smoothing in [0, 0.1, 1] {
        for ignore in [-100, target[3]] {
          let exact = Oracle.crossEntropy(
            logits, .classes(target), weight: weights.map { Exact($0).values }, ignoreIndex: ignore,
            labelSmoothing: Wide(smoothing))
          func loss(_ reduction: Reduction) throws -> Tensor<Scalar.Accumulator> {
            try linearCrossEntropy(
              hidden, packed, ids, weight: weights, ignoreIndex: ignore, reduction: reduction, labelSmoothing: smoothing
            )
          }
          near(try loss(.none), exact.elements.doubles, 8)
          near(try loss(.sum), [Double(exact.sum)], 8 * 19)
          if !exact.mean.isNaN { near(try loss(.mean), [Double(exact.mean)], 8) }
        }
      }
    }
  }

  @Test(arguments: [0.1, 1]) func smoothingKeepsTheDigitsOfWhatLogitsShare(smoothing: Double) throws {
    func check<Scalar: FloatingTensorScalar>(
      _ hidden: [Double], _ weight: [Double], bias: [Double], factors: [Double]? = nil, as: Scalar.Type
    ) throws {
      let (classes, depth) = (bias.count, hidden.count)
      func tensor(_ shape: [Int], _ values: [Double]) throws -> Tensor<Scalar> {
        try Tensor(shape: shape, scalars: values.map { Scalar(converting: $0) })
      }
      let (rows, layer) = try (tensor([1, depth], hidden), tensor([classes, depth], weight))
      let (biases, w) = try (tensor([classes], bias), factors.map { try tensor([classes], $0) })
      let logits = Oracle.linear(Exact(rows), weight: Exact(layer), bias: Exact(biases))
      let expected = Oracle.crossEntropy(
        logits, .classes([1]), weight: w.map { Exact($0).values }, labelSmoothing: Wide(smoothing))
      let found = try linearCrossEntropy(
        rows, layer, Tensor<Int>([1]), bias: biases, weight: w, reduction: .sum, labelSmoothing: smoothing)
      expectClose(found, [Double(expected.sum)], ulps: 16)
    }
    func full(_ value: Double) -> [Double] { Array(repeating: value, count: 10) }
    let steps = (0..<100).map { Double($0 * 37 % 100) / 4 }
    let factors = (0..<100).map { 0.3 + Double($0 % 7) }
    for w in [nil, Array(factors[..<10])] {
      try check([0], full(0), bias: full(1e8), factors: w, as: Float.self)
      try check([100], full(100), bias: full(0), factors: w, as: Float.self)
      try check([3], full(1e4), bias: full(-1e6), factors: w, as: BFloat16.self)
      try check([0], full(0), bias: full(1e15), factors: w, as: Double.self)
    }
    try check([-1], full(1e300), bias: full(0), as: Double.self)
    for w in [nil, factors] {
      try check([0], steps.map { _ in 0 }, bias: steps.map { 1e15 + $0 }, factors: w, as: Double.self)
      // Logits 2^50 + step, without rounding.
      let weight = steps.flatMap { [0x1p30, $0, 1, 1, 1, 1, 1, 1, 1, 1, -8] as [Double] }
      let hidden = [0x1p20, 1] + [Double](repeating: 3, count: 9)
      try check(hidden, weight, bias: steps.map { _ in 0 }, factors: w, as: Double.self)
    }
  }

  @Test func smoothingOfWeightsWhoseSumOverflows() throws {
    let weight = try Tensor<Double>.full([3, 2], 1.7e308)
    let hidden = try Tensor<Double>([[1, -1]])
    for smoothing in [0, 0.1, 1] {
      let loss = try linearCrossEntropy(hidden, weight, Tensor<Int>([2]), labelSmoothing: smoothing)
      expectClose(loss, [1.0986122886681098])
    }
  }

  @Test func bitsDependOnTheRowAlone() throws {
    let hidden = Inputs.tensor(.normal, [150, 67], seed: 1, as: Float.self)
    let packed = try LinearWeights(Inputs.tensor(.normal, [333, 67], seed: 2, as: Float.self))
    let target = Tensor<Int>(Inputs.classes(333, count: 150))
    func results(_ threads: Int) throws -> [Tensor<Float>] {
      [
        try linearLogSumExp(hidden, packed, threads: threads),
        try linearCrossEntropy(hidden, packed, target, reduction: .none, labelSmoothing: 0.1, threads: threads),
        try linearCrossEntropy(hidden, packed, target, threads: threads),
      ]
    }
    let expected = try Runtime.withVariant("scalar") { try results(1) }
    for variant in Runtime.variants where variant.runsHere {
      for threads in [1, 2, 3, 7] {
        for (a, b) in zip(try Runtime.withVariant(variant.name) { try results(threads) }, expected) {
          #expect(bitDifference(a, b) == nil, "\(variant.name), \(threads) threads")
        }
      }
    }
    for rows in [0..<1, 1..<8, 100..<150, 149..<150] {
      let part = try linearLogSumExp(hidden.slice(rows), packed)
      #expect(try bitDifference(part, expected[0].slice(rows)) == nil, "rows \(rows)")
      let loss = try linearCrossEntropy(
        hidden.slice(rows), packed, target.slice(rows), reduction: .none, labelSmoothing: 0.1)
      #expect(try bitDifference(loss, expected[1].slice(rows)) == nil, "rows \(rows)")
    }
  }

  @Test func anyRank() throws {
    let hidden = Inputs.tensor(.normal, [2, 3, 5], as: Double.self)
    let packed = try LinearWeights(Inputs.tensor(.normal, [7, 5], seed: 2, as: Double.self))
    let target = try Tensor<Int>([[0, 1, 2], [3, 4, 6]])
    let flat = try hidden.reshaped(to: [6, 5])
    let sums = try linearLogSumExp(hidden, packed)
    #expect(sums.shape == [2, 3])
    #expect(try bitDifference(sums.flattened(), linearLogSumExp(flat, packed)) == nil)
    let loss = try linearCrossEntropy(hidden, packed, target, reduction: .none)
    #expect(loss.shape == [2, 3])
    let row = try flat.row(4)
    #expect(try linearLogSumExp(row, packed).item() == sums[1, 1])
    #expect(try linearCrossEntropy(row, packed, Tensor<Int>(scalar: 4)).item() == loss[1, 1])
  }

  @Test func ignoredRowsAreNotRead() throws {
    var hidden = Inputs.tensor(.normal, [3, 4], as: Float.self)
    hidden[1, 2] = .nan
    let weight = Inputs.tensor(.normal, [6, 4], seed: 2, as: Float.self)
    let loss = try linearCrossEntropy(hidden, weight, Tensor<Int>([0, -100, 5]), reduction: .none)
    #expect(loss[1] == 0 && loss[0].isFinite && loss[2].isFinite)
    let ignored = Tensor<Int>([-100, -100, -100])
    #expect(try linearCrossEntropy(hidden, weight, ignored).item().isNaN)
    #expect(try linearCrossEntropy(hidden, weight, ignored, reduction: .meanOrZero).item() == 0)
    #expect(try linearCrossEntropy(hidden, weight, ignored, reduction: .sum).item() == 0)
  }

  @Test func empty() throws {
    let weight = Inputs.tensor(.normal, [6, 4], as: Float.self)
    expectClose(try linearLogSumExp(Tensor<Float>.zeros([0, 4]), weight), shape: [0], [])
    expectClose(
      try linearLogSumExp(Tensor<Float>.zeros([2, 4]), Tensor<Float>.zeros([0, 4])), shape: [2],
      [-.infinity, -.infinity])
    #expect(try linearCrossEntropy(Tensor<Float>.zeros([0, 4]), weight, Tensor<Int>([])).item().isNaN)
    expectClose(
      try linearCrossEntropy(Tensor<Float>.zeros([0, 4]), weight, Tensor<Int>([]), reduction: .none), shape: [0], [])
  }

  @Test func impossibleClassesByBias() throws {
    let hidden = try Tensor<Double>([[1, 2]])
    let weight = try Tensor<Double>([[0, 0], [0, 0], [0, 0]])
    let bias = Tensor<Double>([0, -.infinity, 0])
    let log2 = 0.6931471805599453
    expectClose(try linearCrossEntropy(hidden, weight, Tensor<Int>([0]), bias: bias), [log2])
    expectClose(try linearCrossEntropy(hidden, weight, Tensor<Int>([1]), bias: bias), [.infinity])
    expectClose(try linearCrossEntropy(hidden, weight, Tensor<Int>([0]), bias: bias, labelSmoothing: 0.1), [.infinity])
    expectClose(try linearLogSumExp(hidden, weight, bias: bias), [log2])
  }

  @Test func refusals() throws {
    let hidden = try Tensor<Float>.zeros([2, 4])
    let weight = try Tensor<Float>.zeros([5, 3])
    let packed = try LinearWeights(Tensor<Float>.zeros([5, 4]))
    let target = Tensor<Int>([0, 1])
    let features =
      "expected equal input and linear_weight last dimensions (in_features), got 4 and 3, respectively"
    expectRefusal(.shape, features) { try linearCrossEntropy(hidden, weight, target) }
    expectRefusal(.shape, features) { try linearLogSumExp(hidden, weight) }
    expectRefusal(.shape, "expected linear_bias shape [5], got [4]") {
      try linearLogSumExp(hidden, weight, bias: Tensor<Float>.zeros([4]))
    }
    expectRefusal(.shape, "expected weights of shape [classes, features], found [5]") {
      try LinearWeights(Tensor<Float>.zeros([5]))
    }
    expectRefusal(.shape, "expected input with dimensionality 1 or more") {
      try linearLogSumExp(Tensor<Float>(scalar: 0), packed)
    }
    expectRefusal(.shape, "Expected target size [2]") { try linearCrossEntropy(hidden, packed, Tensor<Int>([0])) }
    expectRefusal(.target, "Target 5 is out of bounds.") {
      try linearCrossEntropy(hidden, packed, Tensor<Int>([0, 5]))
    }
    expectRefusal(.argument, "label_smoothing must be between 0.0 and 1.0. Got: 1.1") {
      try linearCrossEntropy(hidden, packed, target, labelSmoothing: 1.1)
    }
    expectRefusal(.shape, "weight tensor should be defined either for all 5 classes or no classes") {
      try linearCrossEntropy(hidden, packed, target, weight: Tensor<Float>.ones([4]))
    }
    var loss = try Tensor<Float>.ones([3])
    expectRefusal(.argument, "threads must not be negative") {
      try linearCrossEntropy(hidden, packed, target, into: &loss, threads: -1)
    }
    #expect(loss.scalars == [1, 1, 1])
  }

  /// No weights are packed before all else is checked: these would be refused for it.
  @Test func refusalsBeforePacking() throws {
    let weight = try Tensor<Float>.zeros([1 << 40, 0])
    let hidden = try Tensor<Float>.zeros([1, 0])
    let target = Tensor<Int>([0])
    let unseen = "expected at most 268435456 classes in a layer without features, found 1099511627776"
    expectRefusal(.shape, unseen) { try LinearWeights(weight) }
    expectRefusal(.shape, unseen) { try linearLogSumExp(hidden, weight) }
    expectRefusal(.shape, unseen) { try linearCrossEntropy(hidden, weight, target) }
    #expect(try LinearWeights(Tensor<Float>.zeros([1 << 28, 0])).classes == 1 << 28)

    let features = "expected equal input and linear_weight last dimensions (in_features), got 4 and 0, respectively"
    let wide = try Tensor<Float>.zeros([1, 4])
    expectRefusal(.shape, features) { try linearLogSumExp(wide, weight) }
    expectRefusal(.shape, features) { try linearCrossEntropy(wide, weight, target) }
    expectRefusal(.argument, "threads must not be negative") { try linearLogSumExp(hidden, weight, threads: -1) }
    expectRefusal(.argument, "threads must not be negative") {
      try linearCrossEntropy(hidden, weight, target, threads: -1)
    }
    expectRefusal(.shape, "Expected target size [1]") { try linearCrossEntropy(hidden, weight, Tensor<Int>([0, 0])) }
    expectRefusal(.target, "Target -1 is out of bounds.") { try linearCrossEntropy(hidden, weight, Tensor<Int>([-1])) }
    expectRefusal(.argument, "label_smoothing must be between 0.0 and 1.0. Got: 2.0") {
      try linearCrossEntropy(hidden, weight, target, labelSmoothing: 2)
    }
    expectRefusal(.shape, "weight tensor should be defined either for all 1099511627776 classes or no classes") {
      try linearCrossEntropy(hidden, weight, target, weight: Tensor<Float>.ones([4]))
    }
  }
}
