extension AdaptiveLogSoftmaxWithLoss {
  /// The entropy of each row's distribution over all classes, in nats.
  ///
  ///     H[n] = -sum_c p(c | input[n]) log p(c | input[n])
  ///          = H(head, a tail counting as one class) + sum_i p(tail i) H(tail i)
  ///
  /// Classes of probability 0 add 0. Every layer's part is log S + sum_c exp(x_c - max) (max - x_c) / S with S = sum_c
  /// exp(x_c - max), accumulated tile by tile in Double: all terms are at least 0, nothing cancels. Error for the
  /// logits the kernels computed: 12 ULP (Double 14) and, as for softmax, half a unit of the gap max - x_c of the terms
  /// that count.
  ///
  /// - Parameter input: [..., inFeatures].
  /// - Returns: [...]; NaN for rows with a log-probability of NaN in the head or in a tail of probability above 0.
  /// - Throws: `SoftmaxError` (`shape`, `argument`, `memory`, `variant`).
  /// - Complexity: O(rows (number of weights)); tails whose probability is 0 in Double are left out.
  public func entropy<Input>(_ input: Tensor<Input>, threads: Int = 0) throws(SoftmaxError) -> Tensor<Scalar>
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    var result = Tensor<Scalar>([])
    try entropy(input, into: &result, threads: threads)
    return result
  }

  /// The same, written to `result`, whose storage is reused when it is not shared and holds as many scalars.
  public func entropy<Input>(_ input: Tensor<Input>, into result: inout Tensor<Scalar>, threads: Int = 0)
    throws(SoftmaxError)
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    let shape = try rowShape(input)
    _ = try threadCount(threads)
    try result.prepare(shape: shape)
    let scratchPerRow = widestTail * MemoryLayout<Scalar>.stride + tails.count * 16 + 96
    try result.withUnsafeMutableBufferPointer { (output) throws(SoftmaxError) in
      try withRows(of: input, threads: threads) { (rows) throws(SoftmaxError) in
        try rows.forEachBatch(scratchPerRow: scratchPerRow) { (batch, range) throws(SoftmaxError) in
          try CallScratch.with { (scratch) throws(SoftmaxError) in
            try entropy(batch, into: UnsafeMutableBufferPointer(rebasing: output[range]), scratch)
          }
        }
      }
    }
  }

  /// One batch: the head, then each tail for the rows where it has a probability.
  private func entropy(
    _ rows: AdaptiveRows<Scalar>, into output: UnsafeMutableBufferPointer<Scalar>, _ scratch: CallScratch
  ) throws(SoftmaxError) {
    let count = rows.count
    let max = try scratch.take(Scalar.self, count)
    let rest = try scratch.take(Double.self, count)
    let moment = try scratch.take(Double.self, count)
    let total = try scratch.take(Double.self, count)
    let part = try scratch.take(Double.self, count)
    let order = try scratch.take(Int.self, count)
    let clusters = try scratch.take(Scalar.self, count * tails.count)
    let shares = try scratch.take(Double.self, count * tails.count)
    let projected = try scratch.take(Scalar.self, count * widestTail)

    func entropies(_ layer: PackedLinear, _ job: LinearJob, into out: UnsafeMutablePointer<Double>)
      throws(SoftmaxError)
    {
      var job = job
      job.max = UnsafeMutableRawPointer(max)
      job.rest = rest
      job.moment = moment
      try layer.run(job, threads: rows.threads)
      try AdaptiveSoftmax.entropies(
        Scalar._kernelType, max: max, rest: rest, moment: moment, into: out, rows: job.rows)
    }

    var job = rows.job()
    job.split = layout.shortlistSize
    job.logitsAfter = UnsafeMutableRawPointer(clusters)
    job.afterStride = tails.count
    try entropies(head, job, into: total)
    for i in 0..<count * tails.count { shares[i] = Double(clusters[i]) - Double(max[i / tails.count]) }
    try exponentials(inPlace: shares, count: count * tails.count, threads: rows.threads)
    for i in 0..<count * tails.count { shares[i] /= 1 + rest[i / tails.count] }

    for (index, tail) in tails.enumerated() {
      var used = 0
      for row in 0..<count where shares[row * tails.count + index] > 0 {
        order[used] = row
        used += 1
      }
      guard used > 0 else { continue }
      let job = try rows.job(tail, UnsafeBufferPointer(start: order, count: used), projected: projected)
      try entropies(tail.output, job, into: part)
      for i in 0..<used { total[order[i]] += shares[order[i] * tails.count + index] * part[i] }
    }
    for row in 0..<count { output[row] = Scalar(total[row]) }
  }
}
