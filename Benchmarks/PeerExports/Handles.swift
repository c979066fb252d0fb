import AdaptiveSoftmax

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

// What Python holds: an opaque pointer that owns one of these until peer_release. A nil handle or a status that is not 0
// means that the call failed, and the reason is on standard error.

/// A tensor that calls write into again and again.
final class Box<Scalar: TensorScalar> {
  var tensor: Tensor<Scalar>

  init(_ tensor: Tensor<Scalar>) { self.tensor = tensor }
}

/// Anything that is only read.
final class Kept<Value> {
  let value: Value

  init(_ value: Value) { self.value = value }
}

typealias Handle = UnsafeMutableRawPointer

func handle(_ make: () throws -> AnyObject) -> Handle? {
  var made: AnyObject?
  guard attempt({ made = try make() }) == 0, let made else { return nil }
  return Unmanaged.passRetained(made).toOpaque()
}

func object<Object: AnyObject>(_ handle: Handle, _ type: Object.Type = Object.self) -> Object {
  Unmanaged<Object>.fromOpaque(handle).takeUnretainedValue()
}

func floats(_ handle: Handle) -> Box<Float> { object(handle) }
func brains(_ handle: Handle) -> Box<BFloat16> { object(handle) }
func indices(_ handle: Handle) -> Box<Int64> { object(handle) }

/// 0, or 1 once the error is printed.
func attempt(_ body: () throws -> Void) -> Int32 {
  do {
    try body()
    return 0
  } catch {
    let text = "\(error)\n"
    _ = text.withCString { write(2, $0, strlen($0)) }
    return 1
  }
}

func sizes(_ rank: Int32, _ shape: UnsafePointer<Int64>) -> [Int] { (0..<Int(rank)).map { Int(shape[$0]) } }

@_cdecl("peer_release")
public func release(_ handle: UnsafeMutableRawPointer) { Unmanaged<AnyObject>.fromOpaque(handle).release() }

@_cdecl("peer_floats")
public func makeFloats(_ rank: Int32, _ shape: UnsafePointer<Int64>) -> UnsafeMutableRawPointer? {
  handle { try Box(Tensor<Float>.zeros(sizes(rank, shape))) }
}

@_cdecl("peer_brains")
public func makeBrains(_ rank: Int32, _ shape: UnsafePointer<Int64>) -> UnsafeMutableRawPointer? {
  handle { try Box(Tensor<BFloat16>.zeros(sizes(rank, shape))) }
}

@_cdecl("peer_indices")
public func makeIndices(_ rank: Int32, _ shape: UnsafePointer<Int64>) -> UnsafeMutableRawPointer? {
  handle { try Box(Tensor<Int64>.zeros(sizes(rank, shape))) }
}

/// Where a tensor's numbers are; good for as long as results written to it keep its shape.
@_cdecl("peer_floats_data")
public func dataOfFloats(_ x: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
  floats(x).tensor.withUnsafeMutableBufferPointer { UnsafeMutableRawPointer($0.baseAddress) }
}

@_cdecl("peer_brains_data")
public func dataOfBrains(_ x: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
  brains(x).tensor.withUnsafeMutableBufferPointer { UnsafeMutableRawPointer($0.baseAddress) }
}

@_cdecl("peer_indices_data")
public func dataOfIndices(_ x: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
  indices(x).tensor.withUnsafeMutableBufferPointer { UnsafeMutableRawPointer($0.baseAddress) }
}
