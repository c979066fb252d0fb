/// The scalars a tensor can hold.
///
/// The set is closed: do not conform types of your own.
public protocol TensorScalar: Sendable, Equatable, BitwiseCopyable, TensorNesting where Scalar == Self {
  /// PyTorch's name of the type, such as `float32`.
  static var dtypeName: String { get }
  /// The number zero.
  static var zeroScalar: Self { get }
  /// The number as a Double (rounded where it has more digits).
  var asDouble: Double { get }
  /// The nearest value of this type; integers truncate towards zero and clamp at their range, NaN gives 0.
  init(converting value: Double)
}

/// Scalars that hold values: Float, Double, and the storage types Float16 and BFloat16, which compute in Float.
public protocol FloatingTensorScalar: TensorScalar {
  /// What is computed in, and what losses are: Double for Double, Float for the others.
  associatedtype Accumulator: ComputingScalar
  /// What the kernels call this type. Not for use outside the package.
  static var _kernelType: KernelType { get }
}

/// Scalars that are computed in: Float and Double.
public protocol ComputingScalar: FloatingTensorScalar, BinaryFloatingPoint where Accumulator == Self {}

/// Scalars that hold class indices: every standard integer type.
public protocol IndexTensorScalar: TensorScalar, FixedWidthInteger {}

/// The storage types of the kernels.
public enum KernelType: Sendable { case float32, float64, float16, bfloat16 }

extension Float: ComputingScalar {
  public typealias Accumulator = Float
  public static var dtypeName: String { "float32" }
  public static var zeroScalar: Float { 0 }
  public static var _kernelType: KernelType { .float32 }
  public var asDouble: Double { Double(self) }
  public init(converting value: Double) { self = Float(value) }
}

extension Double: ComputingScalar {
  public typealias Accumulator = Double
  public static var dtypeName: String { "float64" }
  public static var zeroScalar: Double { 0 }
  public static var _kernelType: KernelType { .float64 }
  public var asDouble: Double { self }
  public init(converting value: Double) { self = value }
}

#if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
  extension Float16: FloatingTensorScalar {
    public typealias Accumulator = Float
    public static var dtypeName: String { "float16" }
    public static var zeroScalar: Float16 { 0 }
    public static var _kernelType: KernelType { .float16 }
    public var asDouble: Double { Double(self) }
    public init(converting value: Double) { self = Float16(value) }
  }
#endif

extension BFloat16: FloatingTensorScalar {
  public typealias Accumulator = Float
  public static var dtypeName: String { "bfloat16" }
  public static var zeroScalar: BFloat16 { BFloat16(bitPattern: 0) }
  public static var _kernelType: KernelType { .bfloat16 }
  public var asDouble: Double { Double(float) }
  public init(converting value: Double) { self.init(roundingOnce: value) }

  /// Rounds a Double once: by way of a Float rounded to odd, which keeps the sticky bit.
  init(roundingOnce value: Double) {
    let nearest = Float(value)
    guard nearest.isFinite, Double(nearest) != value else {
      self.init(nearest)
      return
    }
    let towardZero = abs(Double(nearest)) > abs(value) ? Float(bitPattern: nearest.bitPattern - 1) : nearest
    self.init(Float(bitPattern: towardZero.bitPattern | 1))
  }
}

extension IndexTensorScalar {
  public static var zeroScalar: Self { 0 }
  public var asDouble: Double { Double(self) }
  public init(converting value: Double) {
    self = value.isNaN ? 0 : Self(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
  }
}

extension Int: IndexTensorScalar { public static var dtypeName: String { "int64" } }
extension Int64: IndexTensorScalar { public static var dtypeName: String { "int64" } }
extension Int32: IndexTensorScalar { public static var dtypeName: String { "int32" } }
extension Int16: IndexTensorScalar { public static var dtypeName: String { "int16" } }
extension Int8: IndexTensorScalar { public static var dtypeName: String { "int8" } }
extension UInt64: IndexTensorScalar { public static var dtypeName: String { "uint64" } }
extension UInt32: IndexTensorScalar { public static var dtypeName: String { "uint32" } }
extension UInt16: IndexTensorScalar { public static var dtypeName: String { "uint16" } }
extension UInt8: IndexTensorScalar { public static var dtypeName: String { "uint8" } }
