import AdaptiveSoftmax
import Testing

struct TensorLiteralsTests {
  @Test func literalsOfEachDepth() throws {
    #expect(Tensor<Float>([1, 2, 3]).shape == [3])
    let two = try Tensor<Float>([[1, 2], [3, 4], [5, -.infinity]])
    #expect(two.shape == [3, 2])
    #expect(two.scalars == [1, 2, 3, 4, 5, -.infinity])
    #expect(try Tensor<Double>([[[1, 2.5]], [[3, 4]]]).shape == [2, 1, 2])
    #expect(try Tensor<Float16>([[[[1], [2], [3]]]]).shape == [1, 1, 3, 1])
    #expect(try Tensor<BFloat16>([[1, 0.5]]).scalars == [1, 0.5])
    #expect(try Tensor<Int>([[1, 2]]).scalars == [1, 2])
    #expect(try Tensor<UInt8>([[0, 255]]).scalars == [0, 255])
  }

  @Test func emptyLiterals() throws {
    #expect(Tensor<Float>([]).shape == [0])
    #expect(try Tensor<Float>([[], []] as [[Float]]).shape == [2, 0])
    #expect(try Tensor<Float>([[[Float]]]()).shape == [0, 0, 0])
  }

  @Test func nestedArrays() throws {
    let row: [Float] = [1, 2]
    #expect(try Tensor([row, row]).shape == [2, 2])
    let deep = [[[[[row]]]], [[[[row]]]]]
    let x = try Tensor(deep)
    #expect(x.shape == [2, 1, 1, 1, 1, 2])
    #expect(x.scalars == [1, 2, 1, 2])
  }

  @Test func raggedNestingThrows() {
    let error = #expect(throws: SoftmaxError.self) { try Tensor<Float>([[1, 2], [3]]) }
    #expect(error?.code == .shape)
    #expect(error?.description == "expected 2 elements at dimension 1 of every nested array, but got 1")
    #expect(throws: SoftmaxError.self) { try Tensor<Float>([[[1], [2]], [[3]]]) }
    #expect(throws: SoftmaxError.self) { try Tensor<Float>([[], [1]] as [[Float]]) }
  }
}
