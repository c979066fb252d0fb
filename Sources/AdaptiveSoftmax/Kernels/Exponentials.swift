internal import CSoftmaxKernels

/// Replaces each of `count` Doubles by its exponential, with the same bits on every platform.
func exponentials(inPlace x: UnsafeMutablePointer<Double>, count: Int, threads: Int) throws(SoftmaxError) {
  try check(smx_exp(SMX_F64, x, x, count, try threadCount(threads)))
}
