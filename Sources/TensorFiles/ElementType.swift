public import AdaptiveSoftmax

#if _endian(big)
  #error("The file formats are little-endian and so are the machines this library is written for.")
#endif

/// The type of a file's elements.
///
/// Of the last nine, which occur in safetensors (complex64 in .pt files too), the bytes can be had, not the values.
public enum ElementType: String, Sendable, CaseIterable {
  /// Booleans and integers.
  case bool, uint8, int8, uint16, int16, uint32, int32, uint64, int64
  /// Floats of 16, 32 and 64 bits.
  case float16, bfloat16, float32, float64
  /// Floats of 4 and 6 bits.
  case float4, float6e2m3, float6e3m2
  /// Floats of 8 bits.
  case float8e5m2, float8e4m3, float8e8m0, float8e4m3fnuz, float8e5m2fnuz
  /// Pairs of float32: real and imaginary part.
  case complex64

  /// PyTorch's name, such as `float32`; of the types of 4, 6 and 8 bits, safetensors' in lower case.
  public var name: String { rawValue }

  /// The number of bits of an element.
  public var bitWidth: Int {
    switch self {
    case .float4: 4
    case .float6e2m3, .float6e3m2: 6
    case .bool, .uint8, .int8: 8
    case .float8e5m2, .float8e4m3, .float8e8m0, .float8e4m3fnuz, .float8e5m2fnuz: 8
    case .uint16, .int16, .float16, .bfloat16: 16
    case .uint32, .int32, .float32: 32
    case .uint64, .int64, .float64, .complex64: 64
    }
  }

  /// The number of bytes of an element, rounded up for the types of 4 and 6 bits.
  public var size: Int { (bitWidth + 7) / 8 }

  /// Whether the elements are float16, bfloat16, float32 or float64, read into float tensors.
  public var isFloat: Bool { [.float16, .bfloat16, .float32, .float64].contains(self) }

  /// Whether the elements are integers or booleans, read into index tensors.
  public var isInteger: Bool {
    [.bool, .uint8, .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64].contains(self)
  }

  /// The type a tensor's scalars are stored as; nil for a type the formats do not know.
  public init?<S: TensorScalar>(_ scalar: S.Type) {
    self.init(rawValue: S.dtypeName)
    guard MemoryLayout<S>.size == size else { return nil }
  }
}

// MARK: - .npy

extension ElementType {
  /// NumPy's `descr` of little-endian elements, such as `<f4`; nil where NumPy has none.
  ///
  /// bfloat16 is saved as `<V2`.
  public var npyDescription: String? {
    switch self {
    case .bool: "|b1"
    case .uint8: "|u1"
    case .int8: "|i1"
    case .uint16, .uint32, .uint64: "<u\(size)"
    case .int16, .int32, .int64: "<i\(size)"
    case .float16, .float32, .float64: "<f\(size)"
    case .bfloat16: "<V2"
    default: nil
    }
  }

  /// Reads NumPy's kind and size, such as `f4`, or name, such as `float32`, without a byte order.
  init?(npyKind kind: Substring) {
    let known: [ElementType] = [
      .bool, .uint8, .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64, .float16, .float32, .float64,
    ]
    guard let type = known.first(where: { $0.npyDescription?.dropFirst() == kind || $0.name == kind }) else {
      return nil
    }
    self = type
  }
}

// MARK: - safetensors

extension ElementType {
  /// The name in safetensors files and its order there: writers sort tensors by it, the widest first.
  private static let safetensorsNames: [(type: ElementType, name: String)] = [
    (.bool, "BOOL"), (.float4, "F4"), (.float6e2m3, "F6_E2M3"), (.float6e3m2, "F6_E3M2"),
    (.uint8, "U8"), (.int8, "I8"), (.float8e5m2, "F8_E5M2"), (.float8e4m3, "F8_E4M3"), (.float8e8m0, "F8_E8M0"),
    (.float8e4m3fnuz, "F8_E4M3FNUZ"), (.float8e5m2fnuz, "F8_E5M2FNUZ"),
    (.int16, "I16"), (.uint16, "U16"), (.float16, "F16"), (.bfloat16, "BF16"),
    (.int32, "I32"), (.uint32, "U32"), (.float32, "F32"),
    (.complex64, "C64"), (.float64, "F64"), (.int64, "I64"), (.uint64, "U64"),
  ]
  private static let safetensorsRanks = Dictionary(
    uniqueKeysWithValues: safetensorsNames.enumerated().map { ($1.type, $0) })
  private static let safetensorsTypes = Dictionary(
    uniqueKeysWithValues: safetensorsNames.map { ($0.name, $0.type) })

  var safetensorsRank: Int { Self.safetensorsRanks[self]! }

  /// The name in safetensors files, such as `F32`.
  public var safetensorsName: String { Self.safetensorsNames[safetensorsRank].name }

  /// The type of this name in a safetensors file; nil for an unknown name (they are upper-case).
  public init?(safetensorsName name: String) {
    guard let type = Self.safetensorsTypes[name] else { return nil }
    self = type
  }
}
