import AdaptiveSoftmax

/// How a large input is made: splitmix64, scaled so that every number is exact in Float.
struct Recipe: Decodable, Sendable {
  let kind: String
  let seed: UInt64
  let shape: [Int]
  let log2scale: Int

  func tensor<Scalar: FloatingTensorScalar>(as type: Scalar.Type) throws -> Tensor<Scalar> {
    guard kind == "splitmix64" else { throw GoldenError(description: "unknown recipe \(kind)") }
    var generator = SeededGenerator(seed: seed)
    let scale = Double(sign: .plus, exponent: log2scale, significand: 1)
    let scalars = (0..<shape.reduce(1, *)).map { _ in
      Scalar(converting: Double(generator.next() >> 40) * 0x1p-24 * scale - scale / 2)
    }
    return try Tensor(shape: shape, scalars: scalars)
  }
}
