import AdaptiveSoftmax
import Testing

struct TensorInitTests {
  @Test func shapeAndScalars() throws {
    let x = try Tensor<Float>(shape: [2, 3], scalars: [1, 2, 3, 4, 5, 6])
    #expect(x.shape == [2, 3])
    #expect(x.rank == 2)
    #expect(x.count == 6)
    #expect(x.scalars == [1, 2, 3, 4, 5, 6])
    #expect(try Tensor<Float>(shape: [0, 3], scalars: []).count == 0)
    #expect(try Tensor<Float>(shape: [], scalars: [7]).rank == 0)
  }

  @Test func refusesWhatDoesNotFit() {
    let count = #expect(throws: SoftmaxError.self) { try Tensor<Float>(shape: [2, 3], scalars: [1]) }
    #expect(count?.description == "the shape [2, 3] needs 6 scalars, but got 1")
    #expect(count?.code == .shape)
    let negative = #expect(throws: SoftmaxError.self) { try Tensor<Float>.zeros([2, -1]) }
    #expect(negative?.description == "sizes must not be negative, but the shape is [2, -1]")
    #expect(throws: SoftmaxError.self) { try Tensor<Float>.zeros([Int.max, 2]) }
    #expect(throws: SoftmaxError.self) { try Tensor<Double>.zeros([Int.max]) }
  }

  @Test func rankZero() throws {
    let x = Tensor<Double>(scalar: 2.5)
    #expect(x.shape == [])
    #expect(try x.item() == 2.5)
    #expect(x[] == 2.5)
  }

  @Test func constants() throws {
    #expect(try Tensor<Float16>.zeros([2, 2]).scalars == [0, 0, 0, 0])
    #expect(try Tensor<BFloat16>.ones([3]).scalars == [1, 1, 1])
    #expect(try Tensor<Int32>.ones([1, 2]).scalars == [1, 1])
    #expect(try Tensor<Float>.full([2], -.infinity).scalars == [-.infinity, -.infinity])
    #expect(try Tensor<Float>.full([0, 5], 1).shape == [0, 5])
  }

  @Test func copiesAreIndependent() throws {
    let x = Tensor<Float>([1, 2, 3])
    var y = x
    y[1] = 9
    #expect(x.scalars == [1, 2, 3])
    #expect(y.scalars == [1, 9, 3])
  }
}
