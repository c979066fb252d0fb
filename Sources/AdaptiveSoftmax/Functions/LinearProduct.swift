/// input weight^T: [rows, depth] and [classes, depth] to [rows, classes].
///
/// Each entry is one chain of fused multiply-adds over the depth, as a logit is.
///
/// - Throws: `SoftmaxError` (`shape`, `argument`, `memory`, `variant`).
/// - Complexity: O(rows classes depth).
package func linearProduct<Scalar: ComputingScalar>(
  _ input: Tensor<Scalar>, _ weight: Tensor<Scalar>, threads: Int = 0
) throws(SoftmaxError) -> Tensor<Scalar> {
  guard input.rank == 2, weight.rank == 2, input.shape[1] == weight.shape[1] else {
    throw SoftmaxError(
      .shape, "expected matrices [rows, depth] and [classes, depth], found \(input.shape) and \(weight.shape)")
  }
  let layer = try PackedLinear(weight, threads: threads)
  return try Tensor(shape: [input.shape[0], weight.shape[0]]) { (output) throws(SoftmaxError) in
    guard !output.isEmpty else { return }
    try input.withUnsafeBufferPointer { (rows) throws(SoftmaxError) in
      var job = LinearJob(
        hidden: UnsafeRawPointer(rows.baseAddress), type: Scalar._kernelType, stride: input.shape[1],
        rows: input.shape[0])
      job.logits = UnsafeMutableRawPointer(output.baseAddress)
      job.logitsStride = layer.classes
      job.split = layer.classes
      try layer.run(job, threads: threads)
    }
  }
}
