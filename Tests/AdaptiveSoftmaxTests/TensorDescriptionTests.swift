import AdaptiveSoftmax
import Testing

/// Expected texts are PyTorch's own, with `dtype=float64` for `dtype=torch.float64`.
struct TensorDescriptionTests {
  @Test func fixedPoint() throws {
    let p = try Tensor<Float>([[0.09003057, 0.24472848, 0.66524094], [0.5761169, 0.21194156, 0.21194156]])
    #expect(p.description == "tensor([[0.0900, 0.2447, 0.6652],\n        [0.5761, 0.2119, 0.2119]])")
    #expect(Tensor<Float>([-1, 0.5, 10.25]).description == "tensor([-1.0000,  0.5000, 10.2500])")
    #expect(
      Tensor<Float>([1.5, .infinity, -.infinity, .nan]).description == "tensor([1.5000,    inf,   -inf,    nan])")
    #expect(Tensor<Float>(scalar: 2.5).description == "tensor(2.5000)")
  }

  @Test func integralFloats() throws {
    #expect(Tensor<Float>([1, 2, 3]).description == "tensor([1., 2., 3.])")
    #expect(Tensor<Float>([0, .infinity, .nan, -1]).description == "tensor([ 0., inf, nan, -1.])")
    #expect(Tensor<Float>([0, 0]).description == "tensor([0., 0.])")
    #expect(Tensor<Float>([-0.0]).description == "tensor([-0.])")
    #expect(Tensor<Float>([100, -7]).description == "tensor([100.,  -7.])")
    #expect(Tensor<Float>(scalar: 1).description == "tensor(1.)")
  }

  @Test func scientific() {
    #expect(Tensor<Float>([1e-5, 1]).description == "tensor([1.0000e-05, 1.0000e+00])")
    #expect(Tensor<Float>([1, 1000]).description == "tensor([   1., 1000.])")
    #expect(Tensor<Float>([1, 1001]).description == "tensor([1.0000e+00, 1.0010e+03])")
    #expect(Tensor<Float>([1e8]).description == "tensor([100000000.])")
    #expect(Tensor<Double>([2e8]).description == "tensor([2.0000e+08], dtype=float64)")
    #expect(Tensor<Float>([0, 5e-5]).description == "tensor([0.0000e+00, 5.0000e-05])")
    #expect(Tensor<Float>([-1e-6, .nan]).description == "tensor([-1.0000e-06,         nan])")
  }

  @Test func integers() throws {
    #expect(try Tensor<Int>([[1, -20], [300, 4]]).description == "tensor([[  1, -20],\n        [300,   4]])")
    #expect(Tensor<Int32>([1, 2]).description == "tensor([1, 2], dtype=int32)")
    #expect(Tensor<UInt8>([255]).description == "tensor([255], dtype=uint8)")
  }

  @Test func otherTypes() {
    #expect(Tensor<Double>([0.5]).description == "tensor([0.5000], dtype=float64)")
    #expect(Tensor<Float16>([1, 2.5, .infinity]).description == "tensor([1.0000, 2.5000,    inf], dtype=float16)")
    #expect(Tensor<BFloat16>([1]).description == "tensor([1.], dtype=bfloat16)")
  }

  @Test func empty() throws {
    #expect(Tensor<Float>([]).description == "tensor([])")
    #expect(try Tensor<Float>.zeros([2, 0]).description == "tensor([], size=(2, 0))")
    #expect(Tensor<Int>([]).description == "tensor([], dtype=int64)")
    #expect(try Tensor<Double>.zeros([0, 3]).description == "tensor([], size=(0, 3), dtype=float64)")
  }

  @Test func linesWrapAtEightyColumns() throws {
    #expect(
      try Tensor<Int>.arange(30).description == """
        tensor([ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17,
                18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29])
        """)
    let wide = try Tensor<Double>.full([9], 0.5)
    #expect(
      wide.description == """
        tensor([0.5000, 0.5000, 0.5000, 0.5000, 0.5000, 0.5000, 0.5000, 0.5000, 0.5000],
               dtype=float64)
        """)
  }

  @Test func higherRanks() throws {
    let x = try Tensor<Float>.arange(8).reshaped(to: [2, 2, 2])
    #expect(
      x.description == """
        tensor([[[0., 1.],
                 [2., 3.]],

                [[4., 5.],
                 [6., 7.]]])
        """)
  }

  @Test func longTensorsAreSummarised() throws {
    #expect(try Tensor<Int>.arange(1000).description.contains("...") == false)
    #expect(try Tensor<Int>.arange(1001).description == "tensor([   0,    1,    2,  ...,  998,  999, 1000])")
    #expect(
      try Tensor<Int>.arange(2000).reshaped(to: [500, 4]).description == """
        tensor([[   0,    1,    2,    3],
                [   4,    5,    6,    7],
                [   8,    9,   10,   11],
                ...,
                [1988, 1989, 1990, 1991],
                [1992, 1993, 1994, 1995],
                [1996, 1997, 1998, 1999]])
        """)
    var hidden = try Tensor<Float>.zeros([1001])
    hidden[500] = 1e9
    #expect(hidden.description == "tensor([0., 0., 0.,  ..., 0., 0., 0.])")
  }
}
