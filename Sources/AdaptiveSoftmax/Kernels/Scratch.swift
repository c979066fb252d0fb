/// Lends uninitialised memory for `count` scalars to `body`: memory that earlier calls used, where it suffices.
func withScratch<Scalar: TensorScalar, Result>(
  of: Scalar.Type, count: Int, _ body: (UnsafeMutableBufferPointer<Scalar>) throws(SoftmaxError) -> Result
) throws(SoftmaxError) -> Result {
  try CallScratch.with { (scratch) throws(SoftmaxError) in
    try body(UnsafeMutableBufferPointer(start: try scratch.take(Scalar.self, count), count: count))
  }
}
