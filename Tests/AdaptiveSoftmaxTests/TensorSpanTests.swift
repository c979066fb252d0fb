import AdaptiveSoftmax
import Testing

struct TensorSpanTests {
  @Test func reads() throws {
    let x = try Tensor<Float>([[1, 2], [3, 4]])
    let sum = x.withSpan { span in
      var sum: Float = 0
      for i in span.indices { sum += span[i] }
      return sum
    }
    #expect(sum == 10)
    #expect(Tensor<Float>([]).withSpan { $0.isEmpty })
  }

  @Test func writesToACopy() throws {
    let x = Tensor<Int>([1, 2, 3])
    var y = x
    y.withMutableSpan { span in
      for i in span.indices { span[i] *= 10 }
    }
    #expect(y.scalars == [10, 20, 30])
    #expect(x.scalars == [1, 2, 3])
  }

  @Test func passesErrorsOn() {
    let x = Tensor<Int>([1])
    #expect(throws: SoftmaxError(.argument, "no")) {
      try x.withSpan { _ throws(SoftmaxError) in throw SoftmaxError(.argument, "no") }
    }
  }
}
