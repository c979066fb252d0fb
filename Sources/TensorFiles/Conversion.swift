internal import AdaptiveSoftmax

/// A file's bytes to a tensor's scalars: swaps bytes, widens and rounds.
///
/// Floats are rounded once to nearest even. Integers keep their value or the conversion fails; booleans become 0 and 1.
enum Conversion {
  /// An integer that the tensor's type cannot hold.
  struct Failure {
    let index: Int
    let value: String
  }

  /// What to tell the caller when elements of `type` cannot become scalars of type `S`; nil when they can.
  static func mismatch<S: TensorScalar>(_ type: ElementType, _: S.Type) -> String? {
    if S.self is any FloatingTensorScalar.Type {
      return type.isFloat ? nil : "expected floats (float16, bfloat16, float32, float64), found \(type.name)"
    }
    return type.isInteger ? nil : "expected integers, found \(type.name)"
  }

  /// Whether the bytes of the file are already those of the tensor, but for their order.
  static func isCopy<S: TensorScalar>(_ type: ElementType, _: S.Type) -> Bool { ElementType(S.self) == type }

  /// Converts `output.count` elements; a pair that `mismatch` accepts.
  static func convert<S: TensorScalar>(
    _ bytes: UnsafeRawBufferPointer, from type: ElementType, swapped: Bool, into output: UnsafeMutableBufferPointer<S>
  ) -> Failure? {
    if isCopy(type, S.self) {
      UnsafeMutableRawBufferPointer(output).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: bytes[..<(output.count * type.size)]))
      if swapped { swapBytes(of: output) }
      return nil
    }
    #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
      if let output = output as? UnsafeMutableBufferPointer<Float16> {
        floats(bytes, type, swapped, output)
        return nil
      }
    #endif
    switch output {
    case let output as UnsafeMutableBufferPointer<Float>: floats(bytes, type, swapped, output)
    case let output as UnsafeMutableBufferPointer<Double>: floats(bytes, type, swapped, output)
    case let output as UnsafeMutableBufferPointer<BFloat16>: floats(bytes, type, swapped, output)
    case let output as UnsafeMutableBufferPointer<Int>: return integers(bytes, type, swapped, output)
    case let output as UnsafeMutableBufferPointer<Int64>: return integers(bytes, type, swapped, output)
    case let output as UnsafeMutableBufferPointer<Int32>: return integers(bytes, type, swapped, output)
    case let output as UnsafeMutableBufferPointer<Int16>: return integers(bytes, type, swapped, output)
    case let output as UnsafeMutableBufferPointer<Int8>: return integers(bytes, type, swapped, output)
    case let output as UnsafeMutableBufferPointer<UInt64>: return integers(bytes, type, swapped, output)
    case let output as UnsafeMutableBufferPointer<UInt32>: return integers(bytes, type, swapped, output)
    case let output as UnsafeMutableBufferPointer<UInt16>: return integers(bytes, type, swapped, output)
    case let output as UnsafeMutableBufferPointer<UInt8>: return integers(bytes, type, swapped, output)
    default: preconditionFailure("TensorScalar is a closed protocol")
    }
    return nil
  }

  /// Reverses the bytes of every scalar in place.
  static func swapBytes<S: TensorScalar>(of scalars: UnsafeMutableBufferPointer<S>) {
    let bytes = UnsafeMutableRawBufferPointer(scalars)
    switch MemoryLayout<S>.size {
    case 2: for i in scalars.indices { swapBytes(bytes, i, UInt16.self) }
    case 4: for i in scalars.indices { swapBytes(bytes, i, UInt32.self) }
    case 8: for i in scalars.indices { swapBytes(bytes, i, UInt64.self) }
    default: break
    }
  }

  @inline(__always)
  private static func swapBytes<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: UnsafeMutableRawBufferPointer, _ index: Int, _: Bits.Type
  ) {
    let offset = index * MemoryLayout<Bits>.size
    bytes.storeBytes(
      of: bytes.loadUnaligned(fromByteOffset: offset, as: Bits.self).byteSwapped, toByteOffset: offset, as: Bits.self)
  }

  @inline(__always)
  private static func load<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, _ index: Int, _ swapped: Bool, as _: Bits.Type
  ) -> Bits {
    let bits = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self)
    return swapped ? bits.byteSwapped : bits
  }

  // MARK: - Floats

  private static func floats<S: FloatingTensorScalar>(
    _ bytes: UnsafeRawBufferPointer, _ type: ElementType, _ swapped: Bool, _ output: UnsafeMutableBufferPointer<S>
  ) {
    switch type {
    case .float16:
      for i in output.indices {
        output[i] = S(converting: Double(widened(half: load(bytes, i, swapped, as: UInt16.self))))
      }
    case .bfloat16:
      for i in output.indices {
        output[i] = S(converting: Double(Float(bitPattern: UInt32(load(bytes, i, swapped, as: UInt16.self)) << 16)))
      }
    case .float32:
      for i in output.indices {
        output[i] = S(converting: Double(Float(bitPattern: load(bytes, i, swapped, as: UInt32.self))))
      }
    default:
      for i in output.indices {
        output[i] = S(converting: Double(bitPattern: load(bytes, i, swapped, as: UInt64.self)))
      }
    }
  }

  /// The Float of a half's bits, exact, denormals and NaN included, on machines with and without a Float16.
  @inline(__always)
  static func widened(half bits: UInt16) -> Float {
    let magnitude = Float(bitPattern: UInt32(bits & 0x7FFF) << 13) * 0x1p112
    let exponent: UInt32 = bits & 0x7C00 == 0x7C00 ? 0x7F80_0000 : 0
    return Float(bitPattern: magnitude.bitPattern | exponent | UInt32(bits & 0x8000) << 16)
  }

  // MARK: - Integers

  private static func integers<S: IndexTensorScalar>(
    _ bytes: UnsafeRawBufferPointer, _ type: ElementType, _ swapped: Bool, _ output: UnsafeMutableBufferPointer<S>
  ) -> Failure? {
    switch type {
    case .bool:
      for i in output.indices { output[i] = bytes[i] == 0 ? 0 : 1 }
      return nil
    case .uint8: return integers(bytes, UInt8.self, swapped, output)
    case .int8: return integers(bytes, Int8.self, swapped, output)
    case .uint16: return integers(bytes, UInt16.self, swapped, output)
    case .int16: return integers(bytes, Int16.self, swapped, output)
    case .uint32: return integers(bytes, UInt32.self, swapped, output)
    case .int32: return integers(bytes, Int32.self, swapped, output)
    case .uint64: return integers(bytes, UInt64.self, swapped, output)
    default: return integers(bytes, Int64.self, swapped, output)
    }
  }

  private static func integers<S: IndexTensorScalar, Source: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, _: Source.Type, _ swapped: Bool, _ output: UnsafeMutableBufferPointer<S>
  ) -> Failure? {
    for i in output.indices {
      let value = load(bytes, i, swapped, as: Source.self)
      guard let exact = S(exactly: value) else { return Failure(index: i, value: "\(value)") }
      output[i] = exact
    }
    return nil
  }
}
