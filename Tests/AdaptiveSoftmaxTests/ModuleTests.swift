import AdaptiveSoftmax
import Testing

@Suite struct ModuleTests {
  @Test func printAsInPyTorch() {
    #expect("\(Softmax(dim: 1))" == "Softmax(dim=1)")
    #expect("\(Softmin(dim: -1))" == "Softmin(dim=-1)")
    #expect("\(LogSoftmax(dim: nil))" == "LogSoftmax(dim=None)")
    #expect("\(Softmax2d())" == "Softmax2d()")
    #expect("\(NLLLoss<Float>())" == "NLLLoss()")
    #expect("\(CrossEntropyLoss<Float>(labelSmoothing: 0.1))" == "CrossEntropyLoss()")
  }

  @Test func callTheFunctions() throws {
    var generator = SeededGenerator(seed: 5)
    let x = try Tensor<Float>.randn([4, 3, 2, 2], using: &generator)
    var y = try Tensor<Float>.zeros([1])
    for dim in [0, 1, -1, nil] {
      #expect(try Softmax(dim: dim)(x).isBitwiseEqual(to: softmax(x, dim: dim)))
      #expect(try Softmin(dim: dim)(x).isBitwiseEqual(to: softmin(x, dim: dim)))
      #expect(try LogSoftmax(dim: dim)(x).isBitwiseEqual(to: logSoftmax(x, dim: dim)))
      try Softmax(dim: dim)(x, into: &y)
      #expect(try y.isBitwiseEqual(to: softmax(x, dim: dim)))
      try Softmin(dim: dim)(x, into: &y)
      #expect(try y.isBitwiseEqual(to: softmin(x, dim: dim)))
      try LogSoftmax(dim: dim)(x, into: &y)
      #expect(try y.isBitwiseEqual(to: logSoftmax(x, dim: dim)))
    }
    try Softmax2d()(x, into: &y)
    #expect(try y.isBitwiseEqual(to: softmax(x, dim: 1)))
  }

  @Test func passTheOptionsOn() throws {
    let x = try Tensor<Double>([[1, 2, 3], [1, 0, 0]])
    let p = try Tensor<Double>([[0.2, 0.3, 0.5], [1, 0, 0]])
    let w = Tensor<Double>([0.5, 1, 2])
    let target = Tensor<Int32>([2, 0])
    let smooth = CrossEntropyLoss(weight: w, labelSmoothing: 0.1)
    expectClose(try smooth(x, target), [0.5041587078986232])
    expectClose(try smooth(x, p), [0.7451447744732964])
    expectClose(try CrossEntropyLoss(weight: w, ignoreIndex: 2)(x, target), [0.5514447139320511])
    expectClose(try CrossEntropyLoss<Double>(reduction: .sum)(x, target), [0.9590506783764314])
    let logP = try LogSoftmax(dim: 1)(x)
    expectClose(
      try NLLLoss(weight: w, reduction: .none)(logP, target), [0.8152119288887606, 0.27572235696602554])
    expectClose(try NLLLoss(weight: w, ignoreIndex: 2)(logP, target), [0.5514447139320511])
  }
}
