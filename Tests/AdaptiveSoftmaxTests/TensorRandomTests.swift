import AdaptiveSoftmax
import TestSupport
import Testing

struct TensorRandomTests {
  /// Published outputs of SplitMix64 for the seed 1234567.
  @Test func generatorIsSplitMix64() {
    var generator = SeededGenerator(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
      16_408_922_859_458_223_821,
    ]
    #expect(expected.map { _ in generator.next() } == expected)
  }

  @Test func randIsTheUpperBitsOfEachDraw() throws {
    var generator = SeededGenerator(seed: 5)
    let x = try Tensor<Float>.rand([4, 50], using: &generator)
    #expect(x.shape == [4, 50])
    #expect(x.scalars == Inputs.golden(seed: 5, count: 200, log2scale: 0).map { $0 + 0.5 })
  }

  @Test func randStaysInItsRange() throws {
    var generator = SeededGenerator(seed: 6)
    func check<Scalar: FloatingTensorScalar & Comparable>(_ type: Scalar.Type) throws {
      let x = try Tensor<Scalar>.rand([5000], using: &generator).scalars.map(\.asDouble)
      #expect(x.allSatisfy { $0 >= 0 && $0 < 1 })
      #expect(abs(x.reduce(0, +) / 5000 - 0.5) < 0.02)
      let y = try Tensor<Scalar>.rand([5000], low: -2, high: 6, using: &generator).scalars.map(\.asDouble)
      #expect(y.allSatisfy { $0 >= -2 && $0 <= 6 })
      #expect(y.min()! < -1.9 && y.max()! > 5.9)
    }
    try check(Float.self)
    try check(Double.self)
    try check(Float16.self)
    try check(BFloat16.self)
  }

  @Test func randnHasTheMomentsOfTheNormalDistribution() throws {
    var generator = SeededGenerator(seed: 7)
    let x = try Tensor<Double>.randn([100_001], using: &generator).scalars
    func moment(_ k: Int) -> Double {
      x.reduce(0) { sum, value in sum + (0..<k).reduce(1) { product, _ in product * value } } / Double(x.count)
    }
    #expect(abs(moment(1)) < 0.015)
    #expect(abs(moment(2) - 1) < 0.02)
    #expect(abs(moment(3)) < 0.05)
    #expect(abs(moment(4) - 3) < 0.15)
    #expect(abs(Double(x.count { abs($0) < 1 }) / Double(x.count) - 0.682689) < 0.006)
  }

  @Test func randnIsRoundedFromDouble() throws {
    var first = SeededGenerator(seed: 8)
    var second = first
    let wide = try Tensor<Double>.randn([33], using: &first)
    let narrow = try Tensor<Float>.randn([33], using: &second)
    #expect(narrow.scalars == wide.scalars.map { Float($0) })
    #expect(first.next() == second.next())
  }

  /// The expected numbers come from the same formulas in Python.
  @Test func randnIsTheSameForever() throws {
    var generator = SeededGenerator(seed: 0)
    #expect(
      try Tensor<Double>.randn([4], using: &generator).scalars == [
        0.9845279121083984, -0.17586928586197706, -0.7120661562402929, -0.31234458525050773,
      ])
  }

  @Test func randintCoversItsRange() throws {
    var generator = SeededGenerator(seed: 9)
    let x = try Tensor<Int32>.randint(-3..<4, [7000], using: &generator).scalars
    for value in Int32(-3)..<4 { #expect(abs(x.count { $0 == value } - 1000) < 150) }
    #expect(x.allSatisfy { $0 >= -3 && $0 < 4 })
    #expect(try Tensor<UInt8>.randint(255..<256, [3], using: &generator).scalars == [255, 255, 255])
    let wide = try Tensor<Int>.randint(.min ..< .max, [1000], using: &generator).scalars
    #expect(wide.contains { $0 < .min / 2 } && wide.contains { $0 > .max / 2 })
  }

  @Test func refusals() {
    var generator = SeededGenerator(seed: 10)
    let range = #expect(throws: SoftmaxError.self) { try Tensor<UInt8>.randint(0..<257, [2], using: &generator) }
    #expect(range?.description == "randint expects a range within uint8, but got 0..<257")
    #expect(throws: SoftmaxError.self) { try Tensor<Int>.randint(3..<3, [2], using: &generator) }
    #expect(throws: SoftmaxError.self) { try Tensor<Float>.rand([2], low: 1, high: 0, using: &generator) }
    #expect(throws: SoftmaxError.self) { try Tensor<Float>.rand([2], low: 0, high: .infinity, using: &generator) }
    #expect(throws: SoftmaxError.self) { try Tensor<Float>.randn([-1], using: &generator) }
  }
}
