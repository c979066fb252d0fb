internal import CSoftmaxKernels

/// The member of the softmax family that a kernel computes.
enum SoftmaxKind {
  case softmax, softmin, logSoftmax
}

/// Writes the softmax of `x`, [outer, n, inner], over its middle dimension to `y`, which may be `x`.
func runSoftmax<Scalar: FloatingTensorScalar>(
  _ kind: SoftmaxKind, _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>, _ view: Slices, threads: Int32
) throws(SoftmaxError) {
  try Workspace.with { (workspace) throws(SoftmaxError) in
    try check(
      smx_softmax(
        Scalar._kernelType.c, kind == .logSoftmax ? SMX_LOG_SOFTMAX : SMX_SOFTMAX, kind == .softmin, x, y, view.outer,
        view.n, view.inner, threads, workspace))
  }
}

/// Writes the log-sum-exp of `x`, [outer, n, inner], over its middle dimension to `y`, [outer, inner].
func runLogSumExp<Scalar: FloatingTensorScalar>(
  _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>, _ view: Slices, threads: Int32
) throws(SoftmaxError) {
  try Workspace.with { (workspace) throws(SoftmaxError) in
    try check(
      smx_logsumexp(Scalar._kernelType.c, x, y, view.outer, view.n, view.inner, threads, workspace))
  }
}
