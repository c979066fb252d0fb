internal import CSoftmaxKernels

extension PackedLinear {
  /// The classes of one packed panel, [depth][32].
  static let panelClasses = SMX_LINEAR_SLICE

  /// Lends each panel, [depth][32] in what the layer computes in, with its first class; `body` returns whether to go on.
  func forEachPanel<Scalar: ComputingScalar>(
    as: Scalar.Type, _ body: (_ first: Int, _ panel: UnsafeBufferPointer<Scalar>) -> Bool
  ) {
    guard classes > 0, depth > 0 else { return }
    let count = Self.panelClasses * depth
    defer { withExtendedLifetime(self) {} }
    var wide = [Scalar](repeating: 0, count: storage == type ? 0 : count)
    for first in stride(from: 0, to: classes, by: Self.panelClasses) {
      let panel = UnsafeRawPointer(panels.base) + first * depth * storage.size
      let goOn =
        storage == type
        ? body(first, UnsafeBufferPointer(start: panel.assumingMemoryBound(to: Scalar.self), count: count))
        : wide.withUnsafeMutableBufferPointer { wide in
          _ = smx_convert(storage.c, panel, type.c, wide.baseAddress, count, 1)
          return body(first, UnsafeBufferPointer(wide))
        }
      if !goOn { return }
    }
  }
}
