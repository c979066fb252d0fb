internal import CLimits

/// What bounds an operation, measured beside each of its samples.
public enum Limit: Sendable {
  /// Fused multiply-adds of floats, or of doubles, on registers of the variant's instruction set.
  case floatMath, doubleMath
  /// A copy through memory, bytes read and written counted.
  case copy
  /// A read through memory.
  case read

  var name: String {
    switch self {
    case .floatMath, .doubleMath: "FMA peak"
    case .copy: "copy"
    case .read: "read"
    }
  }

  /// What a rate counts, in units of 10^9 a second.
  var unit: String {
    switch self {
    case .floatMath, .doubleMath: "GFLOP/s"
    case .copy, .read: "GB/s"
    }
  }

  /// The limit a second, now; memory is measured over blocks well beyond the caches.
  func measure(threads: Int, variant: String) -> Double {
    let block = 128 << 20
    return switch self {
    case .floatMath: limit_fma(Self.instructionSet(variant), Int32(threads))
    case .doubleMath: limit_fma_double(Self.instructionSet(variant), Int32(threads))
    case .copy: limit_copy(block, Int32(threads))
    case .read: limit_read(block, Int32(threads))
    }
  }

  /// What the limits call the instruction set of a variant.
  private static func instructionSet(_ variant: String) -> String { variant == "scalar" ? "baseline" : variant }
}
