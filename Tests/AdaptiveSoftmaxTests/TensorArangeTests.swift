import AdaptiveSoftmax
import Testing

struct TensorArangeTests {
  @Test func floats() throws {
    #expect(try Tensor<Float>.arange(3).scalars == [0, 1, 2])
    #expect(try Tensor<Double>.arange(1, 2.5, step: 0.5).scalars == [1, 1.5, 2])
    #expect(try Tensor<Float>.arange(2, 0, step: -0.75).scalars == [2, 1.25, 0.5])
    #expect(try Tensor<BFloat16>.arange(1, 4).scalars == [1, 2, 3])
    #expect(try Tensor<Float>.arange(1, 1).shape == [0])
  }

  @Test func eachNumberIsRoundedOnce() throws {
    let x = try Tensor<Float>.arange(0, 100, step: 0.1)
    #expect(x.count == 1000)
    for i in 0..<x.count { #expect(x[i] == Float(Double(i) * 0.1)) }
  }

  /// As many scalars as torch.arange gives, whose bounds are doubles for every type.
  @Test func decimalSteps() throws {
    #expect(try Tensor<Float>.arange(0, 0.3, step: 0.1).scalars == [0, 0.1, 0.2])
    #expect(try Tensor<Float>.arange(0, 0.6, step: 0.2).scalars == [0, 0.2, 0.4])
    #expect(try Tensor<Float>.arange(0, 2.1, step: 0.7).scalars == [0, 0.7, 1.4, 2.1])
    #expect(try Tensor<Float16>.arange(0, 1.2, step: 0.2).scalars == [0, 0.2, 0.4, 0.6, 0.8, 1])
  }

  @Test func integers() throws {
    #expect(try Tensor<Int>.arange(1, 10, step: 4).scalars == [1, 5, 9])
    #expect(try Tensor<Int32>.arange(3, -3, step: -2).scalars == [3, 1, -1])
    #expect(try Tensor<UInt8>.arange(250, 255, step: 3).scalars == [250, 253])
    #expect(try Tensor<Int8>.arange(-128, 127, step: 100).scalars == [-128, -28, 72])
    #expect(try Tensor<Int>.arange(.min, .max, step: .max).scalars == [.min, -1, .max - 1])
  }

  @Test func refusals() {
    let zero = #expect(throws: SoftmaxError.self) { try Tensor<Float>.arange(0, 1, step: 0) }
    #expect(zero?.code == .argument)
    let away = #expect(throws: SoftmaxError.self) { try Tensor<Int>.arange(5, 1) }
    #expect(
      away?.description == "arange expects a step that leads from the start to the end, but got 5 ..< 1, step 1")
    #expect(throws: SoftmaxError.self) { try Tensor<Double>.arange(0, .infinity) }
    #expect(throws: SoftmaxError.self) { try Tensor<Double>.arange(.nan) }
    #expect(throws: SoftmaxError.self) { try Tensor<Double>.arange(0, 1e300) }
    #expect(throws: SoftmaxError.self) { try Tensor<Int>.arange(.min, .max) }
  }
}
