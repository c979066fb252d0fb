import AdaptiveSoftmax
import TestSupport
import Testing

@Suite struct AdaptiveListedClassesTests {
  // The entries of the full matrix, to the bit.
  @Test(arguments: 0..<120)
  func entriesOfLogProb(_ seed: Int) throws {
    let random = try RandomHead(seed: seed)
    let logProb = try random.head.logProb(random.input)
    var draws = Draws(seed: UInt64(seed) + 9000)
    let variants = Runtime.variants.filter(\.runsHere).map(\.name)
    for perRow in [1, 1 + draws.below(30)] {
      let shortlistOnly = draws.below(4) == 0
      let bound = shortlistOnly ? random.head.cutoffs[0] : random.nClasses
      let ids = (0..<random.rows * perRow).map { _ in draws.below(bound) }
      let classes = try Tensor<Int32>(shape: [random.rows, perRow], scalars: ids.map { Int32($0) })
      let found = try Runtime.withVariant(variants[draws.below(variants.count)]) {
        try random.head.logProb(random.input, classes: classes, threads: [1, 2, 3, 7][draws.below(4)])
      }
      #expect(found.shape == [random.rows, perRow])
      let expected = ids.enumerated().map { logProb[$0.offset / perRow, $0.element] }
      #expect(bitDifference(found.scalars, expected) == nil, "seed \(seed), \(perRow) a row")
    }
  }

  @Test func largeAndInOtherTypes() throws {
    let shape = AdaptiveShape.all[8]
    let classes = try Tensor<Int>(shape: [300, 5], scalars: Inputs.classes(shape.nClasses, count: 1500))
    func check<Scalar: FloatingTensorScalar>(_: Scalar.Type) throws where Scalar.Accumulator: ComputingScalar {
      let x = shape.input(300, as: Scalar.self)
      let head = try AdaptiveLogSoftmaxWithLoss<Scalar.Accumulator>(stateDict: shape.stateDict(as: Scalar.self))
      let logProb = try head.logProb(x)
      let expected = classes.scalars.enumerated().map { logProb[$0.offset / 5, $0.element] }
      #expect(bitDifference(try head.logProb(x, classes: classes).scalars, expected) == nil)
    }
    try check(Float.self)
    try check(Double.self)
    try check(Float16.self)
    try check(BFloat16.self)
  }

  @Test func shapesAndRefusals() throws {
    let shape = AdaptiveShape.small
    let head = try shape.head()
    let x = shape.input(6)
    let classes = try Tensor<Int64>(shape: [6, 2], scalars: Inputs.classes(20, count: 12).map { Int64($0) })
    let flat = try head.logProb(x, classes: classes)
    let deep = try head.logProb(x.reshaped(to: [3, 2, 8]), classes: classes.reshaped(to: [3, 2, 2]))
    #expect(deep.shape == [3, 2, 2] && bitDifference(deep.scalars, flat.scalars) == nil)
    #expect(try bitDifference(head.logProb(x.row(1), classes: classes.row(1)), flat.row(1)) == nil)
    #expect(try head.logProb(x, classes: Tensor<Int64>.zeros([6, 0])).shape == [6, 0])
    #expect(
      refusal(.shape) { _ = try head.logProb(x, classes: classes.row(0)) }
        == "expected classes of shape [6, m] for inputs [6, 8], found [2]")
    #expect(
      refusal(.target) { _ = try head.logProb(x, classes: Tensor<Int64>.full([6, 1], -1)) }
        .hasSuffix("found values in range [-1, -1]; a place to leave out takes any class"))
    var result = try Tensor<Float>.full([6, 2], 7)
    let address = result.withUnsafeBufferPointer { $0.baseAddress }
    try head.logProb(x, classes: classes, into: &result)
    #expect(result.withUnsafeBufferPointer { $0.baseAddress } == address)
    #expect(bitDifference(result, flat) == nil)
  }
}
