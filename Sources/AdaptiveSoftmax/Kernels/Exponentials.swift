internal import CSoftmaxKernels

/// Replaces each of `count` Doubles by its exponential, with the same bits on every platform.
func exponentials(inPlace x: UnsafeMutablePointer<Double>, count: Int, threads: Int) throws(SoftmaxError) {
  try check(smx_exp(SMX_F64, x, x, count, try threadCount(threads)))
}

/// log(1 + x), with the same bits on every platform.
func logOfOnePlus(_ x: Double) throws(SoftmaxError) -> Double {
  var (zero, x, result) = (0.0, x, 0.0)
  try logSumExp(.float64, max: &zero, rest: &x, into: &result, rows: 1)
  return result
}
