extension AdaptiveLogSoftmaxWithLoss {
  /// The log-probability of each band of classes: the shortlist as a whole, then each tail.
  ///
  ///     y[n, 0]     = log sum of p(c | input[n]) over the shortlist
  ///     y[n, i + 1] = log p(tail i | input[n])
  ///
  /// The exponentials of a row sum to 1. The shortlist is summed itself and not taken as what the tails leave, so that it
  /// keeps its digits when the tails have nearly everything. Error: that of log-softmax over the nClusters + 1 numbers,
  /// the first of which, a log-sum-exp, has the error of `logSumExp` for the logits the kernels computed.
  ///
  /// - Parameter input: [..., inFeatures].
  /// - Returns: [..., nClusters + 1]; all 0 for a head without tails.
  /// - Throws: `SoftmaxError` (`shape`, `argument`, `memory`, `variant`).
  /// - Complexity: O(rows inFeatures headSize).
  public func clusterLogProb<Input>(_ input: Tensor<Input>, threads: Int = 0) throws(SoftmaxError) -> Tensor<Scalar>
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    var result = Tensor<Scalar>([])
    try clusterLogProb(input, into: &result, threads: threads)
    return result
  }

  /// The same, written to `result`, whose storage is reused when it is not shared and holds as many scalars.
  public func clusterLogProb<Input>(_ input: Tensor<Input>, into result: inout Tensor<Scalar>, threads: Int = 0)
    throws(SoftmaxError)
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    let shape = try rowShape(input)
    let workers = try threadCount(threads)
    let bands = tails.count + 1
    try result.prepare(shape: shape + [bands])
    try result.withUnsafeMutableBufferPointer { (output) throws(SoftmaxError) in
      guard let output = output.baseAddress else { return }
      try withRows(of: input, threads: threads) { (rows) throws(SoftmaxError) in
        try rows.forEachBatch(scratchPerRow: bands * 8 + 64) { (batch, range) throws(SoftmaxError) in
          try CallScratch.with { (scratch) throws(SoftmaxError) in
            try bandLogits(batch, into: output + range.lowerBound * bands, scratch)
          }
        }
        let view = Slices(outer: rows.count, n: bands, inner: 1)
        try runSoftmax(.logSoftmax, output, output, view, threads: workers)
      }
    }
  }

  /// Log-sum-exp of the shortlist's logits, then the tails' logits.
  private func bandLogits(
    _ rows: AdaptiveRows<Scalar>, into output: UnsafeMutablePointer<Scalar>, _ scratch: CallScratch
  ) throws(SoftmaxError) {
    let bands = tails.count + 1
    let max = try scratch.take(Scalar.self, rows.count)
    let rest = try scratch.take(Double.self, rows.count)
    let sum = try scratch.take(Scalar.self, rows.count)
    let columns = try scratch.take(Int64.self, rows.count * bands)
    var job = rows.job()
    for i in 0..<rows.count * bands {
      let band = i % bands
      columns[i] = band == 0 ? -1 : Int64(layout.shortlistSize + band - 1)
    }
    try head.pick(columns, perRow: bands, of: job, into: output, threads: rows.threads)
    job.max = UnsafeMutableRawPointer(max)
    job.rest = rest
    try head.run(job, classes: 0..<layout.shortlistSize, threads: rows.threads)
    try logSumExp(Scalar._kernelType, max: max, rest: rest, into: sum, rows: rows.count)
    for row in 0..<rows.count { output[row * bands] = sum[row] }
  }
}
