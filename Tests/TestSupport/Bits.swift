public import AdaptiveSoftmax

/// nil when the tensors have the same shape and bits; otherwise where they first differ, with both bit patterns.
///
///     #expect(bitDifference(got, expected) == nil)
public func bitDifference<Scalar: TensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>) -> String? {
  guard a.shape == b.shape else { return "shape \(a.shape) against \(b.shape)" }
  return bitDifference(a.scalars, b.scalars)
}

/// nil when the arrays have the same count and bits; otherwise where they first differ, with both bit patterns.
public func bitDifference<Scalar: TensorScalar>(_ a: [Scalar], _ b: [Scalar]) -> String? {
  guard a.count == b.count else { return "\(a.count) scalars against \(b.count)" }
  let same = a.withUnsafeBytes { a in b.withUnsafeBytes { b in a.elementsEqual(b) } }
  guard !same else { return nil }
  for i in a.indices where bits(a[i]) != bits(b[i]) {
    let differing = a.indices.count { bits(a[$0]) != bits(b[$0]) }
    return
      "index \(i): \(a[i]) (\(bits(a[i]))) against \(b[i]) (\(bits(b[i]))); \(differing) of \(a.count) scalars differ"
  }
  return nil
}

/// The bytes of a number, most significant first, in hexadecimal.
private func bits<Scalar: TensorScalar>(_ scalar: Scalar) -> String {
  withUnsafeBytes(of: scalar) { bytes in
    let order = 1.littleEndian == 1 ? Array(bytes.reversed()) : Array(bytes)
    return "0x" + order.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
