@testable import AdaptiveSoftmax
import Testing

struct TensorPermuteTests {
  /// Every order of the dimensions, checked element by element against the definition.
  @Test(arguments: [[], [5], [2, 3], [33, 70], [2, 3, 4], [1, 3, 1], [3, 1, 40, 35], [2, 2, 3, 2], [2, 0, 3]])
  func everyOrder(shape: [Int]) throws {
    let x = try Tensor<Int>.arange(shape.reduce(1, *)).reshaped(to: shape)
    for order in permutations(Array(shape.indices)) {
      let y = try x.permuted(order)
      #expect(y.shape == order.map { shape[$0] })
      var expected: [Int] = []
      walk(y.shape) { index in
        var source = [Int](repeating: 0, count: shape.count)
        for (i, dim) in order.enumerated() { source[dim] = index[i] }
        expected.append(zip(source, shape).reduce(0) { $0 * $1.1 + $1.0 })
      }
      #expect(y.scalars == expected, "\(shape) in order \(order)")
    }
  }

  @Test func transposed() throws {
    let x = try Tensor<Float>([[1, 2, 3], [4, 5, 6]])
    #expect(try x.transposed(0, 1) == Tensor<Float>([[1, 4], [2, 5], [3, 6]]))
    #expect(try x.transposed(-1, 0).transposed(0, 1) == x)
    #expect(try x.transposed(1, 1).storage === x.storage)
  }

  @Test func sharesStorageWhereTheOrderInMemoryIsTheSame() throws {
    let x = try Tensor<Int>.arange(6).reshaped(to: [1, 2, 1, 3])
    #expect(try x.permuted([1, 0, 3, 2]).storage === x.storage)
    #expect(try x.permuted([3, 0, 1, 2]).storage !== x.storage)
  }

  /// Sizes beside a 0 whose product no Int holds.
  @Test func empty() throws {
    let x = try Tensor<Float>.zeros([1 << 40, 1 << 40, 0])
    #expect(try x.transposed(0, 1).shape == [1 << 40, 1 << 40, 0])
    #expect(try x.permuted([2, 0, 1]).shape == [0, 1 << 40, 1 << 40])
    let reduced = try logSumExp(Tensor<Float>.zeros([0, 2, 1 << 40, 1 << 40, 3]), dims: [1, 4])
    #expect(reduced.shape == [0, 1 << 40, 1 << 40])
  }

  @Test func refusals() throws {
    let x = try Tensor<Int>.zeros([2, 3])
    let twice = #expect(throws: SoftmaxError.self) { try x.permuted([0, -2]) }
    #expect(twice?.description == "dim 0 appears multiple times in the list of dims [0, -2]")
    let few = #expect(throws: SoftmaxError.self) { try x.permuted([0]) }
    #expect(few?.description == "permuted expects 2 dimensions for the shape [2, 3], but got 1: [0]")
    #expect(throws: SoftmaxError.self) { try x.permuted([0, 2]) }
    let out = #expect(throws: SoftmaxError.self) { try x.transposed(0, 2) }
    #expect(out?.code == .dimension)
  }

  private func permutations(_ items: [Int]) -> [[Int]] {
    guard !items.isEmpty else { return [[]] }
    return items.flatMap { first in permutations(items.filter { $0 != first }).map { [first] + $0 } }
  }

  private func walk(_ shape: [Int], _ index: [Int] = [], _ body: ([Int]) -> Void) {
    guard index.count < shape.count else { return body(index) }
    for i in 0..<shape[index.count] { walk(shape, index + [i], body) }
  }
}
