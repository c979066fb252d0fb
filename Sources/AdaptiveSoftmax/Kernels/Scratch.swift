/// Lends uninitialised memory for `count` scalars to `body`.
func withScratch<Scalar: TensorScalar, Result>(
  of: Scalar.Type, count: Int, _ body: (UnsafeMutableBufferPointer<Scalar>) throws(SoftmaxError) -> Result
) throws(SoftmaxError) -> Result {
  guard let storage = TensorStorage<Scalar>(uninitialized: count) else {
    throw SoftmaxError(
      .memory, "out of memory: \(count) scalars (\(Scalar.dtypeName)) of scratch could not be allocated")
  }
  defer { withExtendedLifetime(storage) {} }
  return try body(storage.buffer)
}
