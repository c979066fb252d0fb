import AdaptiveSoftmax
import TestSupport
import Testing

struct TensorEquatableTests {
  @Test func equality() throws {
    let x = try Tensor<Float>([[1, 2], [3, 4]])
    #expect(try x == Tensor<Float>([[1, 2], [3, 4]]))
    #expect(try x != Tensor<Float>([[1, 2], [3, 5]]))
    #expect(x != x.flattened())
    #expect(Tensor<Float>([0]) == Tensor<Float>([-0.0]))
    let nan = Tensor<Float>([.nan])
    #expect(nan != nan)
    #expect(try Tensor<Float>.zeros([0, 2]) != Tensor<Float>.zeros([2, 0]))
  }

  @Test func bits() throws {
    let nan = Tensor<Float>([.nan])
    #expect(nan.isBitwiseEqual(to: nan))
    #expect(!Tensor<Float>([0]).isBitwiseEqual(to: Tensor<Float>([-0.0])))
    #expect(try !Tensor<Float>.zeros([0, 2]).isBitwiseEqual(to: Tensor<Float>.zeros([2, 0])))
  }

  @Test(arguments: [1, 7, 8, 9, 31]) func eachByteCounts(count: Int) throws {
    let x = try Tensor<UInt8>.full([count], 7)
    #expect(try x.isBitwiseEqual(to: Tensor<UInt8>.full([count], 7)))
    for i in 0..<count {
      var y = x
      y[i] = 8
      #expect(!x.isBitwiseEqual(to: y))
    }
  }

  @Test func theFirstDifferenceIsReported() throws {
    let a = Tensor<Float>([1, 2, .nan])
    #expect(bitDifference(a, a) == nil)
    #expect(
      bitDifference(a, Tensor<Float>([1, -0.0, 0]))
        == "index 1: 2.0 (0x40000000) against -0.0 (0x80000000); 2 of 3 scalars differ")
    #expect(try bitDifference(a, a.reshaped(to: [3, 1])) == "shape [3] against [3, 1]")
  }
}
