extension AdaptiveLogSoftmaxWithLoss {
  /// The log-probability of every class: [..., inFeatures] to [..., nClasses].
  ///
  /// The same bits as `callAsFunction` gives for each class as target.
  ///
  /// - Parameters:
  ///   - input: [..., inFeatures].
  ///   - threads: 0 for the runtime's default.
  /// - Returns: [..., nClasses].
  /// - Throws: `SoftmaxError` (`shape`, `argument`, `memory`, `variant`).
  /// - Complexity: O(rows (number of weights)). Error of a layer's product: at most (features + 1) / 2 ULP of the bias
  ///   and the sum of its terms' sizes, with random signs typically below 3. Of the log-probability that a layer gives,
  ///   for its logits as computed: at most 12 ULP (Double 14) below -1/16, above 70 (Double 520); that of a class in a
  ///   tail is the sum of two, rounded once.
  ///
  /// PyTorch: `AdaptiveLogSoftmaxWithLoss.log_prob`.
  public func logProb<Input>(_ input: Tensor<Input>, threads: Int = 0) throws(SoftmaxError) -> Tensor<Scalar>
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    var result = Tensor<Scalar>([])
    try logProb(input, into: &result, threads: threads)
    return result
  }

  /// The same, written to `result`, whose storage is reused when it is not shared and holds as many scalars.
  public func logProb<Input>(_ input: Tensor<Input>, into result: inout Tensor<Scalar>, threads: Int = 0)
    throws(SoftmaxError)
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    let shape = try rowShape(input)
    _ = try threadCount(threads)
    try result.prepare(shape: shape + [nClasses])
    guard result.count > 0 else { return }
    let scratchPerRow = (widestTail + tails.count) * MemoryLayout<Scalar>.stride + 64
    try result.withUnsafeMutableBufferPointer { (output) throws(SoftmaxError) in
      guard let output = output.baseAddress else { return }
      try withRows(of: input, threads: threads) { (rows) throws(SoftmaxError) in
        try rows.forEachBatch(scratchPerRow: scratchPerRow, atMost: 256) { (batch, range) throws(SoftmaxError) in
          try CallScratch.with { (scratch) throws(SoftmaxError) in
            try logProb(batch, into: output + range.lowerBound * nClasses, scratch)
          }
        }
      }
    }
  }

  /// One batch: logits straight into the output rows, then their log-probabilities in place.
  func logProb(_ rows: AdaptiveRows<Scalar>, into output: UnsafeMutablePointer<Scalar>, _ scratch: CallScratch)
    throws(SoftmaxError)
  {
    let type = Scalar._kernelType
    let count = rows.count
    let max = try scratch.take(Scalar.self, count)
    let rest = try scratch.take(Double.self, count)
    let base = try scratch.take(Scalar.self, count)
    let clusters = try scratch.take(Scalar.self, count * tails.count)
    let projected = try scratch.take(Scalar.self, count * widestTail)

    var job = rows.job()
    job.max = UnsafeMutableRawPointer(max)
    job.rest = rest
    job.logits = UnsafeMutableRawPointer(output)
    job.logitsStride = nClasses
    job.split = layout.shortlistSize
    job.logitsAfter = UnsafeMutableRawPointer(clusters)
    job.afterStride = tails.count
    try head.run(job, threads: rows.threads)
    try logProbabilities(
      type, inPlace: output, rows: count, columns: layout.shortlistSize, stride: nClasses, max: max, rest: rest,
      threads: rows.threads)
    try logProbabilities(
      type, inPlace: clusters, rows: count, columns: tails.count, stride: tails.count, max: max, rest: rest,
      threads: rows.threads)

    for (index, tail) in tails.enumerated() {
      let classes = layout.tailClasses(index)
      for row in 0..<count { base[row] = clusters[row * tails.count + index] }
      var job = try rows.job(tail, projected: projected)
      job.max = UnsafeMutableRawPointer(max)
      job.rest = rest
      job.logits = UnsafeMutableRawPointer(output + classes.lowerBound)
      job.logitsStride = nClasses
      job.split = classes.count
      try tail.output.run(job, threads: rows.threads)
      try logProbabilities(
        type, inPlace: output + classes.lowerBound, rows: count, columns: classes.count, stride: nClasses, max: max,
        rest: rest, base: base, threads: rows.threads)
    }
  }
}
