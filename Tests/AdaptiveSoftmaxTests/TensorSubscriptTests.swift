import AdaptiveSoftmax
import Testing

struct TensorSubscriptTests {
  let x: Tensor<Int>

  init() throws { x = try Tensor<Int>.arange(24).reshaped(to: [2, 3, 4]) }

  @Test func elements() throws {
    #expect(x[0, 0, 0] == 0)
    #expect(x[1, 2, 3] == 23)
    #expect(x[1, 0, 2] == 14)
    var y = x
    y[0, 1, 1] = 100
    y[0, 1, 1] += 1
    #expect(y.scalars[5] == 101)
    #expect(x[0, 1, 1] == 5)
  }

  @Test func rows() throws {
    #expect(try x.row(1).shape == [3, 4])
    #expect(try x.row(1).scalars == Array(12..<24))
    #expect(try x.row(-2).scalars == Array(0..<12))
    #expect(try x.row(0).row(2).row(3).item() == 11)
    #expect(try Tensor<Float>.zeros([2, 0]).row(1).shape == [0])
  }

  @Test func slices() throws {
    #expect(try x.slice(1..<2).shape == [1, 3, 4])
    #expect(try x.slice(1..<2).scalars == Array(12..<24))
    #expect(try x.slice(0..<2) == x)
    #expect(try x.slice(2..<2).shape == [0, 3, 4])
    #expect(try Tensor<Float>.zeros([0, 3]).slice(0..<0).shape == [0, 3])
  }

  @Test func refusals() {
    let row = #expect(throws: SoftmaxError.self) { try x.row(2) }
    #expect(row?.description == "index 2 is out of range for dimension 0 with size 2")
    #expect(row?.code == .argument)
    #expect(throws: SoftmaxError.self) { try x.row(-3) }
    let slice = #expect(throws: SoftmaxError.self) { try x.slice(1..<3) }
    #expect(slice?.description == "range 1..<3 is out of range for dimension 0 with size 2")
    #expect(throws: SoftmaxError.self) { try x.slice(-1..<1) }
    let rank = #expect(throws: SoftmaxError.self) { try Tensor<Float>(scalar: 1).row(0) }
    #expect(rank?.description == "row expects a tensor of rank 1 or more, but got rank 0")
    let item = #expect(throws: SoftmaxError.self) { try x.item() }
    #expect(item?.description == "expected a tensor with 1 scalar, but the shape [2, 3, 4] has 24")
  }
}
