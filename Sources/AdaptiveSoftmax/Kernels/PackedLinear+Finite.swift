internal import CSoftmaxKernels

extension PackedLinear {
  /// The row-major first weight that is NaN or infinite; `Scalar` is what the layer computes in.
  func firstNonFiniteWeight<Scalar: ComputingScalar>(as: Scalar.Type) -> (index: [Int], value: Scalar)? {
    let lanes = Self.panelClasses
    var found: (index: [Int], value: Scalar)?
    forEachPanel(as: Scalar.self) { first, panel in
      guard !Self.allFinite(panel) else { return true }
      for lane in 0..<min(lanes, classes - first) {
        for k in 0..<depth where !panel[k * lanes + lane].isFinite {
          found = ([first + lane, k], panel[k * lanes + lane])
          return false
        }
      }
      return true
    }
    return found
  }

  /// The first entry of the bias that is NaN or infinite.
  func firstNonFiniteBias<Scalar: ComputingScalar>(as: Scalar.Type) -> (index: [Int], value: Scalar)? {
    withLayer { layer in
      guard let bias = layer.pointee.bias?.assumingMemoryBound(to: Scalar.self) else { return nil }
      for i in 0..<classes where !bias[i].isFinite { return ([i], bias[i]) }
      return nil
    }
  }

  /// Whether every value is finite, without an early exit, so that it vectorises.
  private static func allFinite<Scalar: ComputingScalar>(_ values: UnsafeBufferPointer<Scalar>) -> Bool {
    var finite = true
    for value in values { finite = value.isFinite && finite }
    return finite
  }
}
