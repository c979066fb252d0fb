internal import CSoftmaxKernels

extension PackedLinear {
  /// Runs one pass over `rows` rows of `hidden`, [..., depth], and lends their partials (max, rest) to `body`.
  func withPartials<Scalar: FloatingTensorScalar>(
    _ hidden: Tensor<Scalar>, rows: Int, rowIndex: UnsafePointer<Int>? = nil, target: UnsafePointer<Int64>? = nil,
    targetLogit: UnsafeMutablePointer<Scalar.Accumulator>? = nil, threads: Int,
    _ body: (UnsafePointer<Scalar.Accumulator>, UnsafePointer<Double>) throws(SoftmaxError) -> Void
  ) throws(SoftmaxError) {
    try withScratch(of: Scalar.Accumulator.self, count: rows) { (max) throws(SoftmaxError) in
      try withScratch(of: Double.self, count: rows) { (rest) throws(SoftmaxError) in
        try hidden.withUnsafeBufferPointer { (hidden) throws(SoftmaxError) in
          var job = LinearJob(hidden: hidden.baseAddress, type: Scalar._kernelType, stride: depth, rows: rows)
          job.rowIndex = rowIndex
          job.max = UnsafeMutableRawPointer(max.baseAddress!)
          job.rest = rest.baseAddress!
          job.target = target
          job.targetLogit = UnsafeMutableRawPointer(targetLogit)
          try run(job, threads: threads)
        }
        try body(max.baseAddress!, rest.baseAddress!)
      }
    }
  }
}

/// Copies scalars as Double.
func widen<Scalar: FloatingTensorScalar>(_ x: UnsafePointer<Scalar>, into y: UnsafeMutableBufferPointer<Double>)
  throws(SoftmaxError)
{
  guard !y.isEmpty else { return }
  try check(smx_convert(Scalar._kernelType.c, x, SMX_F64, y.baseAddress, y.count, 1))
}
