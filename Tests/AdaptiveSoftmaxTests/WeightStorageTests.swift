import AdaptiveSoftmax
import TestSupport
import Testing

/// Heads whose weights are held in bfloat16 answer with the bits of the same weights held in float32.
@Suite struct WeightStorageTests {
  private func rounded(_ dict: StateDict<Float>) throws -> StateDict<Float> {
    var result = StateDict<Float>()
    for (name, tensor) in dict {
      // A bias stays what is computed in.
      result[name] = name.hasSuffix("bias") ? tensor : try tensor.to(BFloat16.self).to(Float.self)
    }
    return result
  }

  @Test(arguments: AdaptiveShape.all, [1, 7, 40])
  func bitsAreThoseOfTheRoundedWeights(_ shape: AdaptiveShape, rows: Int) throws {
    let dict: StateDict<Float> = try shape.stateDict()
    let narrow = try AdaptiveLogSoftmaxWithLoss(stateDict: dict, storage: .bfloat16)
    let wide = try AdaptiveLogSoftmaxWithLoss(stateDict: try rounded(dict))
    let (x, y) = (shape.input(rows), shape.target(rows))
    for threads in [1, 2, 7] {
      let (found, expected) = (try narrow(x, y, threads: threads), try wide(x, y, threads: 1))
      #expect(bitDifference(found.output.scalars, expected.output.scalars) == nil)
      #expect(bitDifference(found.loss.scalars, expected.loss.scalars) == nil)
      #expect(
        bitDifference(try narrow.logProb(x, threads: threads).scalars, try wide.logProb(x, threads: 1).scalars) == nil)
      #expect(try narrow.predict(x, threads: threads).scalars == wide.predict(x, threads: 1).scalars)
    }
  }

  /// Doubles that a Float on the way would round to the middle between two, and then to the wrong one.
  @Test func doublesAreRoundedOnce() throws {
    var dict: StateDict<Double> = try AdaptiveShape.small.stateDict(as: Double.self)
    for (name, tensor) in dict {
      dict[name] = try Tensor(shape: tensor.shape, scalars: tensor.scalars.map { _ in 1 + 0x1p-8 + 0x1p-40 })
    }
    let held = try AdaptiveLogSoftmaxWithLoss(weights: dict, dtype: Float.self, storage: .bfloat16).stateDict()
    for (name, tensor) in held where !name.hasSuffix("bias") {
      #expect(tensor.scalars.allSatisfy { $0 == 1 + 0x1p-7 }, "\(name)")
    }
  }

  @Test func theStateDictIsWhatIsHeld() throws {
    let dict: StateDict<Float> = try AdaptiveShape.small.stateDict()
    let held = try AdaptiveLogSoftmaxWithLoss(stateDict: dict, storage: .bfloat16).stateDict()
    let expected = try rounded(dict)
    for (name, tensor) in held {
      #expect(bitDifference(tensor.scalars, expected[name]?.scalars ?? []) == nil, "\(name)")
    }
  }

  @Test func aWeightThatIsNotFiniteIsFound() throws {
    var dict: StateDict<Float> = try AdaptiveShape.small.stateDict()
    var weight = try #require(dict["tail.1.1.weight"])
    weight[3, 1] = .infinity
    dict["tail.1.1.weight"] = weight
    let found = try AdaptiveLogSoftmaxWithLoss(stateDict: dict, storage: .bfloat16).firstNonFiniteWeight()
    #expect(found?.name == "tail.1.1.weight")
    #expect(found?.index == [3, 1])
  }

  @Test func plainHeadsToo() throws {
    let weight: Tensor<Float> = Inputs.tensor(.normal, [700, 24], seed: 5)
    let x: Tensor<Float> = Inputs.tensor(.normal, [9, 24], seed: 6)
    let narrow = try LinearHead(weight: weight, storage: .bfloat16)
    let wide = try LinearHead(weight: weight.to(BFloat16.self))
    #expect(bitDifference(try narrow.logProb(x).scalars, try wide.logProb(x).scalars) == nil)
  }

  @Test func doubleIsRefused() throws {
    let dict = try AdaptiveShape.small.stateDict(as: Double.self)
    let message = refusal(.argument) { _ = try AdaptiveLogSoftmaxWithLoss(stateDict: dict, storage: .bfloat16) }
    #expect(message.contains("bfloat16 weights go with Float"))
  }
}
