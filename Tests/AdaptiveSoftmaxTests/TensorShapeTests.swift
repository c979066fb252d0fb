@testable import AdaptiveSoftmax
import Testing

struct TensorShapeTests {
  let x: Tensor<Int>

  init() throws { x = try Tensor<Int>.arange(6).reshaped(to: [2, 3]) }

  @Test func reshapedSharesStorage() throws {
    let y = try x.reshaped(to: [3, -1])
    #expect(y.shape == [3, 2])
    #expect(y.scalars == x.scalars)
    #expect(y.storage === x.storage)
    #expect(x.flattened().shape == [6])
    #expect(try x.reshaped(to: [1, 6, 1]).shape == [1, 6, 1])
    #expect(try Tensor<Int>([5]).reshaped(to: []).shape == [])
    #expect(try Tensor<Int>.zeros([0, 2]).reshaped(to: [3, 0]).shape == [3, 0])
    #expect(try Tensor<Int>.zeros([0, 2]).reshaped(to: [4, -1]).shape == [4, 0])
  }

  @Test func reshapedRefusals() {
    let wrong = #expect(throws: SoftmaxError.self) { try x.reshaped(to: [4, 2]) }
    #expect(wrong?.description == "the shape [4, 2] is invalid for a tensor of 6 scalars (shape [2, 3])")
    #expect(throws: SoftmaxError.self) { try x.reshaped(to: [4, -1]) }
    let open = #expect(throws: SoftmaxError.self) { try x.reshaped(to: [-1, -1]) }
    #expect(open?.description == "only one size of a shape can be -1, to be inferred, but the shape is [-1, -1]")
    #expect(throws: SoftmaxError.self) { try x.reshaped(to: [-2, -3]) }
    #expect(throws: SoftmaxError.self) { try Tensor<Int>.zeros([0]).reshaped(to: [0, -1]) }
  }

  @Test func dimensionsOfSizeOne() throws {
    #expect(try x.unsqueezed(0).shape == [1, 2, 3])
    #expect(try x.unsqueezed(2).shape == [2, 3, 1])
    #expect(try x.unsqueezed(-1).shape == [2, 3, 1])
    #expect(try x.unsqueezed(-2).squeezed(1).shape == [2, 3])
    #expect(try x.squeezed(0).shape == [2, 3])
    #expect(try Tensor<Int>(scalar: 1).squeezed(-1).shape == [])
    #expect(try Tensor<Int>(scalar: 1).unsqueezed(0).shape == [1])
    let error = #expect(throws: SoftmaxError.self) { try x.squeezed(2) }
    #expect(error?.description == "Dimension out of range (expected to be in range of [-2, 1], but got 2)")
    #expect(error?.code == .dimension)
    #expect(throws: SoftmaxError.self) { try x.unsqueezed(3) }
  }
}
