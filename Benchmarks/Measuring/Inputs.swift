public import AdaptiveSoftmax

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A shared, reused result: what an `into:` form writes to.
public final class Reused<Scalar: TensorScalar> {
  public var tensor: Tensor<Scalar>

  public init(_ shape: [Int]) throws { tensor = try Tensor.zeros(shape) }
}

/// Normal random numbers, the same on every run.
public func inputs<Scalar: FloatingTensorScalar>(_ shape: [Int], _ type: Scalar.Type = Float.self) throws
  -> Tensor<Scalar>
{
  var generator = SeededGenerator(seed: 1)
  let count = shape.reduce(1, *)
  // A few million are enough: repeated, they are as good as fresh ones to these kernels, and quick to draw.
  let drawn = try Tensor<Float>.randn([min(count, 1 << 20)], using: &generator).to(Scalar.self)
  return try Tensor(shape: shape) { target in
    drawn.withUnsafeBufferPointer { source in
      for start in stride(from: 0, to: target.count, by: source.count) {
        let part = UnsafeMutableBufferPointer(rebasing: target[start..<min(start + source.count, target.count)])
        _ = part.initialize(from: source)
      }
    }
  }
}

/// Class ids as texts have them: log-uniform, so that class c is drawn about as often as 1 / (c + 1).
public func targets(_ rows: Int, classes: Int) throws -> Tensor<Int64> {
  var generator = SeededGenerator(seed: 2)
  let uniform = try Tensor<Double>.rand([rows], using: &generator)
  let ids = uniform.withUnsafeBufferPointer {
    $0.map { min(Int64(exp($0 * log(Double(classes + 1)))), Int64(classes)) - 1 }
  }
  return try Tensor(shape: [rows], scalars: ids)
}
