import AdaptiveSoftmax
import TestSupport
import Testing

/// `Tensor.to`: one rounding, wherever the numbers come from.
struct ConvertTests {
  @Test func sameTypeSharesNothingThatIsWritten() throws {
    let x = Tensor<Float>([1, .nan])
    var y = try x.to(Float.self)
    #expect(y.isBitwiseEqual(to: x))
    y[0] = 2
    #expect(x[0] == 1)
  }

  @Test func valuesAreRoundedOnce() throws {
    let special: [Double] = [
      0, -0.0, .infinity, -.infinity, 1e300, -1e-300, 65519.99, 65520, 1 + 0x1p-8, 1 + 0x1p-8 + 0x1p-40, 1 + 0x1p-11,
      1 + 0x1p-11 + 0x1p-40, 1 + 0x1p-24, 1 + 0x1p-24 + 0x1p-50, 0x1p-25, 0x1.8p-25, 0x1p-134, 0x1.8p-134, 0x1p-150,
      3.4028236e38, 3.3961775e38,
    ]
    let x = Tensor<Double>(special + Inputs.values(.spread, count: 500))
    #expect(try x.to(Float.self).scalars == x.scalars.map { Float($0) })
    #expect(try x.to(Float16.self).scalars == x.scalars.map { Float16($0) })
    let expected = x.scalars.map { BFloat16(converting: $0) }
    #expect(try bitDifference(x.to(BFloat16.self).scalars, expected) == nil)
    #expect(BFloat16(converting: 1 + 0x1p-8).float == 1)
    #expect(BFloat16(converting: 1 + 0x1p-8 + 0x1p-40).float == 1 + 0x1p-7)
    #expect(try Tensor<Double>([.nan]).to(Float16.self)[0].isNaN)
  }

  @Test func everyHalfSurvivesTheWayThroughFloat() throws {
    let half = Tensor<Float16>((0...UInt16.max).map { Float16(bitPattern: $0) }.filter { !$0.isNaN })
    #expect(try half.to(Float.self).to(Float16.self).isBitwiseEqual(to: half))
    #expect(try half.to(Double.self).scalars == half.scalars.map { Double($0) })
    let brain = Tensor<BFloat16>((0...UInt16.max).map { BFloat16(bitPattern: $0) }.filter { !$0.float.isNaN })
    #expect(try brain.to(Double.self).to(BFloat16.self).isBitwiseEqual(to: brain))
    #expect(try brain.to(Float.self).scalars == brain.scalars.map(\.float))
  }

  @Test func valuesToIntegers() throws {
    let x = Tensor<Float>([1.9, -1.9, .nan, .infinity, -.infinity, 300, -0.5])
    #expect(try x.to(Int.self).scalars == [1, -1, 0, .max, .min, 300, 0])
    #expect(try x.to(UInt8.self).scalars == [1, 0, 0, 255, 0, 255, 0])
    #expect(try x.to(Int32.self).scalars == [1, -1, 0, .max, .min, 300, 0])
  }

  @Test func integersToValues() throws {
    let x = Tensor<Int>([
      0, -3, 1 << 24 + 1, 1 << 53 + 1, .max, .min, (1 << 62) + (1 << 38) + 1, (1 << 62) + (1 << 54) + 1,
    ])
    #expect(try x.to(Float.self).scalars == x.scalars.map { Float($0) })
    #expect(try x.to(Double.self).scalars == x.scalars.map { Double($0) })
    #expect(try Tensor<Int>([70000, -5]).to(Float16.self).scalars == [.infinity, -5])
    #expect(try Tensor<Int>([(1 << 62) + (1 << 54) + 1]).to(BFloat16.self)[0].float == 0x1.02p62)
    #expect(try Tensor<UInt64>([.max]).to(Float.self)[0] == 0x1p64)
  }

  @Test func integersToIntegers() throws {
    let x = Tensor<Int>([-1, 300, 7, .min])
    #expect(try x.to(UInt8.self).scalars == [0, 255, 7, 0])
    #expect(try x.to(Int16.self).scalars == [-1, 300, 7, .min])
    #expect(try x.to(UInt64.self).scalars == [0, 300, 7, 0])
    #expect(try Tensor<UInt64>([.max]).to(Int64.self).scalars == [.max])
    #expect(try Tensor<Int32>.zeros([2, 0]).to(Float.self).shape == [2, 0])
  }
}
