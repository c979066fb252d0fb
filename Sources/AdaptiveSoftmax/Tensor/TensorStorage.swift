internal import CSoftmaxKernels

/// The memory behind tensors: 64-byte aligned, in huge pages when large.
///
/// Without huge pages a fresh output costs more in page faults than the softmax that fills it. Tensors share one storage
/// until they are written to.
final class TensorStorage<Scalar: TensorScalar>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Scalar>
  let count: Int

  /// Uninitialised memory for `count` scalars; nil when there is none left.
  init?(uninitialized count: Int) {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Scalar>.stride)
    guard !overflow, let block = smx_alloc(max(bytes, 1)) else { return nil }
    base = block.bindMemory(to: Scalar.self, capacity: count)
    self.count = count
  }

  deinit { smx_free(base) }

  var buffer: UnsafeMutableBufferPointer<Scalar> { UnsafeMutableBufferPointer(start: base, count: count) }
}
