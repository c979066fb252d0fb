import AdaptiveSoftmax
import Testing

@testable import TensorFiles

struct ConversionTests {
  /// Every half there is widens to the same Float as the processor's conversion gives.
  @Test func widensEveryHalf() {
    let different = (UInt16.min ... .max).filter { bits in
      let (ours, native) = (Conversion.widened(half: bits), Float(Float16(bitPattern: bits)))
      return ours.bitPattern != native.bitPattern && !(ours.isNaN && native.isNaN)
    }
    #expect(different == [])
  }

  @Test func roundsOnceToNearestEven() throws {
    let doubles: [Double] = [1 + 0x1p-24 + 0x1p-52, 1 + 0x1p-24, 1 + 0x1p-8 + 0x1p-40, 1e300, .nan, 65520]
    let raw = bytes(doubles.map(\.bitPattern))
    #expect(try convert(raw, .float64, to: Float.self)[..<2] == [1 + 0x1p-23, 1])
    #expect(try convert(raw, .float64, to: BFloat16.self)[2].float == 1 + 0x1p-7)
    #expect(try convert(raw, .float64, to: Float.self)[3] == .infinity)
    #expect(try convert(raw, .float64, to: Float.self)[4].isNaN)
    #expect(try convert(raw, .float64, to: Float16.self)[5] == .infinity)
  }

  @Test func convertsIntegersExactlyOrNotAtAll() throws {
    let raw = bytes([Int16(-1), 300])
    #expect(try convert(raw, .int16, to: Int8.self, count: 1) == [-1])
    #expect(Self.failure(raw, .int16, Int8.self)?.index == 1)
    #expect(Self.failure(raw, .int16, UInt64.self)?.value == "-1")
    #expect(Self.failure(bytes([UInt64.max]), .uint64, Int64.self)?.value == "18446744073709551615")
  }

  private func convert<S: TensorScalar>(
    _ raw: [UInt8], _ type: ElementType, to _: S.Type, count: Int? = nil
  ) throws -> [S] {
    let tensor = try Tensor<S>(shape: [count ?? raw.count / type.size]) { output in
      #expect(raw.withUnsafeBytes { Conversion.convert($0, from: type, swapped: false, into: output) }?.index == nil)
    }
    return tensor.scalars
  }

  private static func failure<S: TensorScalar>(_ raw: [UInt8], _ type: ElementType, _: S.Type) -> Conversion.Failure? {
    let output = UnsafeMutableBufferPointer<S>.allocate(capacity: raw.count / type.size)
    defer { output.deallocate() }
    return raw.withUnsafeBytes { Conversion.convert($0, from: type, swapped: false, into: output) }
  }
}
