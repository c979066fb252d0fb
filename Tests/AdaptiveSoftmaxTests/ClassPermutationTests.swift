import TestSupport
import Testing

@testable import AdaptiveSoftmax

@Suite struct ClassPermutationTests {
  @Test func sortsByFallingCountsAndIDs() throws {
    let order = try ClassPermutation(sortingByFrequency: [3, 9, 3, 0, 9, 3])
    #expect(order.originals == [1, 4, 0, 2, 5, 3])
    #expect(order.ranks == [2, 0, 3, 5, 1, 4])
    #expect(order.count == 6 && !order.isIdentity)
    #expect(try ClassPermutation(sortingByFrequency: [5, 5, 2, 2, 0]).isIdentity)
    #expect(try ClassPermutation(sortingByFrequency: []).count == 0)
  }

  @Test func thereAndBack() throws {
    var generator = SeededGenerator(seed: 3)
    let counts = (0..<500).map { _ in Double(generator.next() % 40) }
    let order = try ClassPermutation(sortingByFrequency: counts)
    let ids = try Tensor<Int64>.randint(0..<500, [7, 11], using: &generator)
    let sorted = try order.sorted(ids)
    #expect(sorted.shape == [7, 11])
    #expect(sorted != ids)
    #expect(try order.original(sorted) == ids)
    #expect(try order.sorted(order.original(ids)) == ids)
    let ranked = order.originals.map { counts[$0] }
    #expect(zip(ranked, ranked.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(try ClassPermutation(originals: order.originals) == order)
    let weight = Inputs.tensor(.normal, [500, 3], as: Float.self)
    let moved = try order.sortedRows(weight)
    for i in [0, 1, 250, 499] { for k in 0..<3 { #expect(moved[i, k] == weight[order.originals[i], k]) } }
    #expect(try order.originalRows(moved) == weight)
    #expect(try order.originalRows(order.sortedRows(Tensor<Int64>.zeros([500]))).shape == [500])
  }

  /// A head whose rows are sorted gives the original ids their log-probabilities.
  @Test func aSortedHeadScoresTheOriginalIDs() throws {
    let order = try ClassPermutation(sortingByFrequency: [1, 5, 2, 9, 9, 4, 0, 3])
    let weight = Inputs.tensor(.normal, [8, 5], as: Float.self)
    let hidden = Inputs.tensor(.normal, [6, 5], seed: 2, as: Float.self)
    let target = Tensor<Int64>([7, 0, 3, 4, 6, 1])
    let plain = try linearCrossEntropy(hidden, weight, target, reduction: .none)
    let sorted = try linearCrossEntropy(hidden, order.sortedRows(weight), order.sorted(target), reduction: .none)
    expectClose(sorted, shape: [6], plain.scalars.map { Double($0) }, ulps: 4)
  }

  @Test func ignoredIDsStay() throws {
    let order = try ClassPermutation(originals: [2, 0, 1])
    #expect(try order.sorted(Tensor<Int64>([2, -100, 0]), ignoreIndex: -100) == Tensor<Int64>([0, -100, 1]))
    #expect(try order.original(Tensor<Int32>([2, -1, 0]), ignoreIndex: -1) == Tensor<Int32>([1, -1, 2]))
  }

  @Test func refusals() throws {
    let order = try ClassPermutation(originals: [1, 0, 2])
    expectRefusal(.argument, "expected each class of 0..<3 once in a permutation of 3 classes, found 3 at 1") {
      try ClassPermutation(originals: [0, 3, 1])
    }
    expectRefusal(.argument, "expected each class of 0..<2 once in a permutation of 2 classes, found -1 at 0") {
      try ClassPermutation(originals: [-1, 0])
    }
    expectRefusal(.argument, "expected each class once in a permutation, found 1 at 0 and at 2") {
      try ClassPermutation(originals: [1, 0, 1])
    }
    expectRefusal(.argument, "expected counts that are finite and not negative, found nan for class 1") {
      try ClassPermutation(sortingByFrequency: [1, .nan])
    }
    expectRefusal(.target, "expected classes in 0..<3, whose ids int64 can hold, found 3 at 1") {
      try order.sorted(Tensor<Int64>([0, 3]))
    }
    expectRefusal(.target, "expected classes in 0..<3, whose ids int64 can hold, found -1 at 0") {
      try order.original(Tensor<Int64>([-1]))
    }
    expectRefusal(.shape, "expected a tensor of shape [3, ...], found [2, 3]") {
      try order.sortedRows(Tensor<Float>.zeros([2, 3]))
    }
    let long = try ClassPermutation(originals: Array((0..<300).reversed()))
    expectRefusal(.target, "expected classes in 0..<300, whose ids int8 can hold, found 0 at 0") {
      try long.sorted(Tensor<Int8>([0]))
    }
  }
}
