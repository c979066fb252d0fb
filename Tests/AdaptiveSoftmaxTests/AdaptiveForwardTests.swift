import AdaptiveSoftmax
import TestSupport
import Testing

@Suite struct AdaptiveForwardTests {
  /// Error bound against the oracle: rounding of the dot products (features and hidden values of order 1) in `Scalar`.
  private static func tolerance<Scalar: BinaryFloatingPoint>(_: Scalar.Type, _ shape: AdaptiveShape) -> Double {
    Double(Scalar.ulpOfOne) * Double(shape.inFeatures + 8) * 4
  }

  @Test(arguments: AdaptiveShape.all)
  func floatAgainstTheOracle(_ shape: AdaptiveShape) throws { try compare(shape, Float.self) }

  @Test(arguments: AdaptiveShape.all)
  func doubleAgainstTheOracle(_ shape: AdaptiveShape) throws { try compare(shape, Double.self) }

  @Test func halfAgainstTheOracle() throws {
    try compare(.small, Float16.self)
    try compare(.small, BFloat16.self)
  }

  private func compare<Storage: FloatingTensorScalar>(_ shape: AdaptiveShape, _: Storage.Type) throws {
    let dict = try shape.stateDict(as: Storage.self)
    let head = try AdaptiveLogSoftmaxWithLoss(stateDict: dict)
    let x = shape.input(37, as: Storage.self)
    let y = shape.target(37)
    let (output, loss) = try head(x, y)
    let reference = Oracle.adaptiveLogProb(Exact(x), state: exact(dict))
    var worst = 0.0
    var total: Wide = 0
    for (n, target) in y.scalars.enumerated() {
      let expected = reference.values[n * shape.nClasses + Int(target)]
      worst = max(worst, abs(output.scalars[n].asDouble - Double(expected)) / max(1, abs(Double(expected))))
      total -= expected
    }
    let tolerance = Self.tolerance(Storage.Accumulator.self, shape)
    #expect(worst <= tolerance)
    #expect(abs(try loss.item().asDouble - Double(total / 37)) <= tolerance * 8)
    #expect(loss.shape == [])
  }

  @Test func case43OneRowOfTheShortlist() throws {
    let shape = AdaptiveShape.all[1]
    let head = try shape.head()
    let x = shape.input(1)
    let (output, loss) = try head(x, Tensor<Int32>([0]))
    #expect(bitDifference(output.scalars, [try head.logProb(x)[0, 0]]) == nil)
    #expect(try loss.item() == -output[0])
  }

  @Test func case46Targets() throws {
    let shape = AdaptiveShape.small
    let head = try shape.head()
    for (target, range) in [([0, 5, 20], "[0, 20]"), ([0, -1, 3], "[-1, 3]"), ([0, -100, 3], "[-100, 3]")] {
      let text = refusal(.target) { _ = try head(shape.input(3), Tensor<Int>(target)) }
      #expect(text.hasPrefix("Target values should be in [0, 19], but values in range \(range) were found. "))
    }
    #expect(
      refusal(.target) { _ = try head(shape.input(2), Tensor<UInt64>([0, .max])) }.contains(
        "values in range [0, 18446744073709551615] were found"))
    #expect(
      refusal(.target) { _ = try head(shape.input(3), Tensor<Int>([0, -100, 20]), ignoreIndex: -100) }.contains(
        "values in range [0, 20] were found"))
  }

  @Test func case47Shapes() throws {
    let shape = AdaptiveShape.small
    let head = try shape.head()
    func text(_ input: [Int], _ target: [Int]) throws -> String {
      let x = try Tensor<Float>.zeros(input)
      let y = try Tensor<Int64>.zeros(target)
      return refusal(.shape) { _ = try head(x, y) }
    }
    let size = "Input and target should have the same size in the batch dimension."
    #expect(try text([3, 8], [2]).hasPrefix(size))
    #expect(try text([8], [3]).hasPrefix(size), "the size is checked before the rank")
    #expect(try text([8], [8]) == "1D target tensor expects 2D input tensors, but found inputs with size [8]")
    let rank = "tensor expects 2D input tensors, but found inputs with size"
    #expect(try text([2, 3, 8], [2]) == "1D target \(rank) [2, 3, 8]")
    #expect(try text([2, 8], []) == "0D target tensor expects 1D input tensors, but found inputs with size [2, 8]")
    #expect(try text([2, 8], [2, 8]).hasPrefix("2D target tensor expects 3D input tensors, but found"))
    #expect(try text([2, 3, 8], [2, 4]) == "expected a target of shape [2, 3] for inputs [2, 3, 8], found [2, 4]")
    #expect(try text([2, 7], [2]) == "expected inputs of shape [..., 8], found [2, 7]")
    #expect(try text([], []).hasPrefix("0D target tensor expects 1D input"))
  }

  @Test func case48NoBatchDimension() throws {
    let shape = AdaptiveShape.small
    let head = try shape.head()
    let x = shape.input(5)
    for target in [0, 7, 12, 19] {
      let (batched, _) = try head(x, Tensor<Int>.full([5], target))
      let (output, loss) = try head(x.row(3), Tensor<Int>(scalar: target))
      #expect(output.shape == [])
      #expect(bitDifference(output.scalars, [batched[3]]) == nil)
      #expect(try loss.item() == -output.item())
    }
  }

  @Test func case49EmptyBatch() throws {
    let head = try AdaptiveShape.small.head()
    let (output, loss) = try head(Tensor<Float>.zeros([0, 8]), Tensor<Int64>.zeros([0]))
    #expect(output.shape == [0])
    #expect(try loss.item().isNaN)
    let (none, zero) = try head(Tensor<Float>.zeros([2, 0, 8]), Tensor<Int64>.zeros([2, 0]), reduction: .sum)
    #expect(none.shape == [2, 0])
    #expect(try zero.item() == 0)
  }

  @Test func anyRankAndAnyIntegerType() throws {
    let shape = AdaptiveShape.small
    let head = try shape.head()
    let x = shape.input(24)
    let y = shape.target(24)
    let (flat, loss) = try head(x, y)
    let (deep, sameLoss) = try head(x.reshaped(to: [2, 3, 4, 8]), y.reshaped(to: [2, 3, 4]))
    #expect(deep.shape == [2, 3, 4])
    #expect(bitDifference(deep.scalars, flat.scalars) == nil)
    #expect(bitDifference(loss, sameLoss) == nil)
    let (bytes, _) = try head(x, Tensor<UInt8>(y.scalars.map { UInt8($0) }))
    #expect(bitDifference(bytes, flat) == nil)
  }

  @Test func ignoreIndexAndReduction() throws {
    let shape = AdaptiveShape.small
    let head = try shape.head()
    var x = shape.input(12)
    let all = try head(x, shape.target(12)).output
    var y = shape.target(12)
    for row in [0, 4, 11] {
      y[row] = -100
      for k in 0..<8 { x[row, k] = .nan }
    }
    let kept = (0..<12).filter { y[$0] != -100 }
    let (output, mean) = try head(x, y, ignoreIndex: -100)
    for row in 0..<12 { #expect(output[row] == (kept.contains(row) ? all[row] : 0)) }
    let sum = -kept.reduce(0.0) { $0 + Double(all[$1]) }
    #expect(abs(Double(try mean.item()) - sum / 9) < 1e-6)
    #expect(abs(Double(try head(x, y, ignoreIndex: -100, reduction: .sum).loss.item()) - sum) < 1e-5)
    let none = try head(x, y, ignoreIndex: -100, reduction: .none).loss
    #expect(none.scalars == output.scalars.map { -$0 })
    let inside = try head(shape.input(12), shape.target(12), ignoreIndex: 5)
    let fives = shape.target(12).scalars.map { $0 == 5 }
    #expect(fives.contains(true))
    for row in 0..<12 { #expect(inside.output[row] == (fives[row] ? 0 : all[row])) }
  }

  @Test func everythingIgnored() throws {
    let head = try AdaptiveShape.small.head()
    let x = try Tensor<Float>.full([3, 8], .nan)
    let y = try Tensor<Int>.full([3], -1)
    let (output, mean) = try head(x, y, ignoreIndex: -1)
    #expect(output.scalars == [0, 0, 0])
    #expect(try mean.item().isNaN)
    #expect(try head(x, y, ignoreIndex: -1, reduction: .sum).loss.item() == 0)
    #expect(try head(x, y, ignoreIndex: -1, reduction: .meanOrZero).loss.item() == 0)
    #expect(try head(x, y, ignoreIndex: -1, reduction: .none).loss.scalars == [0, 0, 0])
  }

  @Test func classWeights() throws {
    let shape = AdaptiveShape.small
    let head = try shape.head()
    let (x, y) = (shape.input(12), shape.target(12))
    let weight = Tensor<Float>((0..<20).map { 0.25 + Float($0 % 3) })
    let (output, mean) = try head(x, y, weight: weight, ignoreIndex: 4)
    #expect(bitDifference(output, try head(x, y, ignoreIndex: 4).output) == nil)
    var total = 0.0
    var divisor = 0.0
    for (row, target) in y.scalars.enumerated() where target != 4 {
      total -= Double(weight[Int(target)]) * Double(output[row])
      divisor += Double(weight[Int(target)])
    }
    #expect(abs(Double(try mean.item()) - total / divisor) < 1e-6)
    #expect(
      refusal(.shape) { _ = try head(x, y, weight: Tensor<Float>([1, 2])) }
        == "weight tensor should be defined either for all 20 classes or no classes but got weight tensor of shape: [2]"
    )
  }

  @Test func outputIsReusedAndKeptOnRefusal() throws {
    let shape = AdaptiveShape.small
    let head = try shape.head()
    var output = Tensor<Float>([7, 7])
    #expect(refusal(.target) { _ = try head(shape.input(1), Tensor<Int>([20]), into: &output) } != "")
    #expect(refusal(.argument) { _ = try head(shape.input(1), Tensor<Int>([0]), into: &output, threads: -1) } != "")
    #expect(output.scalars == [7, 7])
    let loss = try head(shape.input(3), shape.target(3), into: &output)
    #expect(bitDifference(output, try head(shape.input(3), shape.target(3)).output) == nil)
    #expect(bitDifference(loss, try head(shape.input(3), shape.target(3)).loss) == nil)
  }

  @Test func zeroWidthTailIsUniform() throws {
    let shape = AdaptiveShape(
      inFeatures: 10, nClasses: 1000, cutoffs: [10, 100], divValue: 4, allowZeroWidthTails: true)
    let head = try shape.head()
    let x = shape.input(2)
    let (output, _) = try head(x, Tensor<Int>([100, 999]))
    let reference = Oracle.adaptiveLogProb(Exact(x), state: exact(try shape.stateDict()))
    #expect(abs(Double(output[0]) - Double(reference.values[100])) < 1e-5)
    #expect(abs(Double(output[1]) - Double(reference.values[1999])) < 1e-5)
    #expect(bitDifference(output, try head(x, Tensor<Int>([500, 101])).output) == nil)
  }
}
