import AdaptiveSoftmax
import TestSupport
import Testing

/// A draw depends on the seed, the row's number and the draw's number, and on nothing else.
@Suite struct SampleTests {
  static let shape = SampleDistributionTests.shapes[2]

  private func sample(
    _ head: AdaptiveLogSoftmaxWithLoss<Float>, _ x: Tensor<Float>, _ mode: SampleMode, count: Int = 3,
    firstRow: Int = 0, threads: Int = 1
  ) throws -> Tensor<Int64> {
    try head.sample(
      x, count: count, using: CounterGenerator(seed: 9, firstRow: firstRow), temperature: mode.temperature,
      topK: mode.topK, topP: mode.topP, threads: threads)
  }

  @Test(arguments: SampleMode.all, [2, 3, 7])
  func threads(_ mode: SampleMode, _ threads: Int) throws {
    let head = try Self.shape.head()
    let x = Self.shape.input(150)
    #expect(try sample(head, x, mode, threads: threads) == sample(head, x, mode))
  }

  @Test(arguments: SampleMode.all, Runtime.variants.filter(\.runsHere).map(\.name))
  func variants(_ mode: SampleMode, _ variant: String) throws {
    let x = Self.shape.input(60)
    let scalar = try Runtime.withVariant("scalar") { try sample(Self.shape.head(), x, mode) }
    #expect(try Runtime.withVariant(variant) { try sample(Self.shape.head(), x, mode) } == scalar)
  }

  @Test(arguments: SampleMode.all, [1, 7, 64])
  func batches(_ mode: SampleMode, _ size: Int) throws {
    let head = try Self.shape.head()
    let x = Self.shape.input(150)
    var joined: [Int64] = []
    for start in stride(from: 0, to: 150, by: size) {
      joined += try sample(head, x.slice(start..<min(start + size, 150)), mode, firstRow: start).scalars
    }
    #expect(joined == (try sample(head, x, mode).scalars))
  }

  // Fewer draws are the first of more, also across the passes that many draws take.
  @Test(arguments: SampleMode.all)
  func counts(_ mode: SampleMode) throws {
    let head = try Self.shape.head()
    let x = Self.shape.input(5)
    let many = try sample(head, x, mode, count: 17_000)
    let few = try sample(head, x, mode, count: 2)
    for row in 0..<5 { #expect([few[row, 0], few[row, 1]] == [many[row, 0], many[row, 1]]) }
    #expect(try sample(head, x, mode, count: 0).shape == [5, 0])
  }

  // More rows than one internal batch holds.
  @Test func manyRows() throws {
    let shape = AdaptiveShape.small
    let head = try shape.head()
    let x = shape.input(9001)
    let all = try sample(head, x, SampleMode())
    for row in stride(from: 0, to: 9001, by: 750) {
      let one = try sample(head, x.slice(row..<row + 1), SampleMode(), firstRow: row)
      #expect(one.scalars == [all[row, 0], all[row, 1], all[row, 2]])
    }
  }

  @Test func topOneIsPredicted() throws {
    let head = try Self.shape.head()
    let x = Self.shape.input(200)
    let predicted = try head.predict(x)
    #expect(try sample(head, x, SampleMode(topK: 1), count: 1).scalars == predicted.scalars)
    #expect(try sample(head, x, SampleMode(topP: 1e-9), count: 1).scalars == predicted.scalars)
    #expect(try sample(head, x, SampleMode(temperature: 1e-6), count: 1).scalars == predicted.scalars)
  }

  // A nucleus wider than what is looked at first, in equal and in sharp rows.
  @Test func wideNucleus() throws {
    let weight: Tensor<Float> = Inputs.tensor(.constant, [700, 2])
    let head = AdaptiveLogSoftmaxWithLoss(try LinearHead(weight: weight))
    let draws = try sample(head, Inputs.tensor(.normal, [2, 2]), SampleMode(topP: 0.5), count: 5000)
    #expect(draws.scalars.allSatisfy { $0 <= 350 })
    #expect(draws.scalars.max()! >= 345)
  }

  @Test func anyRankAndEveryType() throws {
    let shape = Self.shape
    let head = try shape.head()
    let x = shape.input(12)
    let flat = try sample(head, x, SampleMode())
    let deep = try sample(head, x.reshaped(to: [2, 6, 8]), SampleMode())
    #expect(deep.shape == [2, 6, 3])
    #expect(deep.scalars == flat.scalars)
    #expect(try sample(head, x.row(0), SampleMode()).scalars == Array(flat.scalars.prefix(3)))
    #expect(try sample(head, Tensor<Float>.zeros([0, 8]), SampleMode()).shape == [0, 3])

    let half = shape.input(12, as: BFloat16.self)
    let drawn = try head.sample(half, using: CounterGenerator(seed: 9))
    #expect(drawn == (try head.sample(half.to(Float.self), using: CounterGenerator(seed: 9))))
    let double = try AdaptiveLogSoftmaxWithLoss(stateDict: shape.stateDict(as: Double.self))
    let many = try double.sample(shape.input(1, as: Double.self), count: 20_000, using: CounterGenerator(seed: 2))
    let logProb = try double.logProb(shape.input(1, as: Double.self)).scalars.map { Float($0) }
    let (statistic, freedom) = chiSquare(many.scalars, SampleMode().distribution(logProb))
    #expect(statistic < freedom + 5 * (2 * freedom).squareRoot() + 16)
  }

  @Test(arguments: SampleMode.all)
  func rowsThatAreNotNumbersGiveMinus1(_ mode: SampleMode) throws {
    let head = try Self.shape.head()
    var x = Self.shape.input(4)
    let good = try sample(head, x, mode)
    x[1, 3] = .nan
    x[2, 0] = -.infinity
    let found = try sample(head, x, mode)
    for draw in 0..<3 {
      #expect([found[0, draw], found[3, draw]] == [good[0, draw], good[3, draw]])
      #expect([found[1, draw], found[2, draw]] == [-1, -1])
    }
  }

  /// Also where the part that is no number holds next to no probability.
  @Test(arguments: [0, -900])
  func classesThatAreNotNumbersGiveMinus1(below: Float) throws {
    var bias = Tensor<Float>([Float](repeating: 0, count: 2048))
    for c in 1024..<2048 { bias[c] = below }
    bias[1500] = .nan
    let head = try LinearHead(weight: Inputs.tensor(.normal, [2048, 4]) as Tensor<Float>, bias: bias)
    let drawn = try head.sample(
      Inputs.tensor(.normal, [3, 4], seed: 2) as Tensor<Float>, using: CounterGenerator(seed: 1))
    #expect(drawn.scalars == [-1, -1, -1])
  }

  @Test func refusals() throws {
    let head = try AdaptiveShape.small.head()
    let x = AdaptiveShape.small.input(2)
    func text(_ mode: SampleMode, count: Int = 1) -> String {
      refusal(.argument) { _ = try sample(head, x, mode, count: count) }
    }
    #expect(text(SampleMode(), count: -1) == "count should be the number of draws for each row, found -1")
    for wrong in [0, -1, .nan, .infinity, 1e-7] {
      #expect(
        text(SampleMode(temperature: wrong)).hasPrefix("temperature should be between 1e-6 and 1e6, found \(wrong); "))
    }
    #expect(text(SampleMode(topK: 0)) == "topK should be at least 1, found 0; leave it out to draw from all classes")
    for wrong in [0, 1.5, .nan] {
      #expect(text(SampleMode(topP: wrong)).hasPrefix("topP should be a probability above 0 and at most 1, found"))
    }
    expectRefusal(.shape, "expected inputs of shape [..., 8], found [8, 2]") {
      try sample(head, Tensor<Float>.zeros([8, 2]), SampleMode())
    }
  }
}
