import AdaptiveSoftmax
import Testing

@testable import TensorFiles

struct ElementTypeTests {
  @Test(arguments: ElementType.allCases)
  func hasOneNameInEachFormat(type: ElementType) {
    #expect(ElementType(safetensorsName: type.safetensorsName) == type)
    #expect(ElementType(safetensorsName: type.safetensorsName.lowercased()) == nil)
    #expect(type.size * 8 >= type.bitWidth)
    if let description = type.npyDescription, type != .bfloat16 {
      #expect(ElementType(npyKind: description.dropFirst()) == type)
      #expect(ElementType(npyKind: type.name[...]) == type)
    }
    #expect(!(type.isFloat && type.isInteger))
  }

  @Test func knowsEveryScalar() {
    #expect(ElementType(Float.self) == .float32 && ElementType(Double.self) == .float64)
    #expect(ElementType(Float16.self) == .float16 && ElementType(BFloat16.self) == .bfloat16)
    #expect(ElementType(Int.self) == .int64 && ElementType(UInt8.self) == .uint8)
  }
}
