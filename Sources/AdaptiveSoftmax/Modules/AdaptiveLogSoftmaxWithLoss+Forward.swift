extension AdaptiveLogSoftmaxWithLoss {
  /// The log-probability of each row's target, and the loss.
  ///
  ///     output[n] = log p(target[n] | input[n])                                        0 where the target is ignored
  ///     loss      = -sum_n weight[target[n]] output[n] / sum_n weight[target[n]]       over the rows not ignored
  ///
  /// - Parameters:
  ///   - input: [..., inFeatures].
  ///   - target: [...], classes in `0 ..< nClasses`, of any integer type.
  ///   - weight: [nClasses], all ones when nil; it changes the loss only.
  ///   - ignoreIndex: rows with this target are not read and do not count; it may lie outside the classes.
  ///   - reduction: `none` gives a loss of the target's shape, 0 where ignored; the mean over no rows is NaN.
  ///   - threads: 0 for the runtime's default.
  /// - Returns: the log-probabilities, [...]; the loss, rank 0, or [...] for `Reduction.none`.
  /// - Throws: `SoftmaxError` (`shape`, `target`, `argument`, `memory`, `variant`).
  /// - Complexity: O(rows inFeatures headSize), and for the rows of tail i O(rows tailFeatures[i] (inFeatures + classes
  ///   of tail i)). Error of a layer's product: at most (features + 1) / 2 ULP of the bias and the sum of its terms'
  ///   sizes, with random signs typically below 3. Of the log-probability that a layer gives, for its logits as
  ///   computed: at most 12 ULP (Double 14) below -1/16, above 70 (Double 520); that of a class in a tail is the sum of
  ///   two, rounded once. The loss is summed in Double and rounds once.
  ///
  /// PyTorch: `AdaptiveLogSoftmaxWithLoss.forward`.
  public func callAsFunction<Input, Target>(
    _ input: Tensor<Input>, _ target: Tensor<Target>, weight: Tensor<Scalar>? = nil, ignoreIndex: Int? = nil,
    reduction: Reduction = .mean, threads: Int = 0
  ) throws(SoftmaxError) -> (output: Tensor<Scalar>, loss: Tensor<Scalar>)
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar, Target: IndexTensorScalar {
    var output = Tensor<Scalar>([])
    let loss = try self(
      input, target, into: &output, weight: weight, ignoreIndex: ignoreIndex, reduction: reduction, threads: threads)
    return (output, loss)
  }

  /// The same, with the log-probabilities written to `output`, whose storage is reused when it is not shared and holds
  /// as many scalars.
  public func callAsFunction<Input, Target>(
    _ input: Tensor<Input>, _ target: Tensor<Target>, into output: inout Tensor<Scalar>,
    weight: Tensor<Scalar>? = nil, ignoreIndex: Int? = nil, reduction: Reduction = .mean, threads: Int = 0
  ) throws(SoftmaxError) -> Tensor<Scalar>
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar, Target: IndexTensorScalar {
    try checkShapes(input, target)
    try LossShape(input: [nClasses]).checkWeight(weight?.shape)
    try checkValues(target, ignoring: ignoreIndex)
    _ = try threadCount(threads)

    try output.prepare(shape: target.shape)
    try target.withUnsafeBufferPointer { (targets) throws(SoftmaxError) in
      try output.withUnsafeMutableBufferPointer { (output) throws(SoftmaxError) in
        try withRows(of: input, threads: threads) { (rows) throws(SoftmaxError) in
          try score(rows, targets, ignoring: ignoreIndex, into: output)
        }
      }
    }
    return try loss(output, target, weight: weight, ignoring: ignoreIndex, reduction)
  }

  private static func scoringScratchPerRow(widestTail: Int) -> Int { widestTail * MemoryLayout<Scalar>.stride + 64 }

  /// The most rows that are scored in one pass over the head.
  static func scoringBatch(widestTail: Int) -> Int {
    AdaptiveRows<Scalar>.batchSize(scratchPerRow: scoringScratchPerRow(widestTail: widestTail), atMost: 4096)
  }

  /// Writes the log-probability of each row's target.
  private func score<Target: IndexTensorScalar>(
    _ rows: AdaptiveRows<Scalar>, _ targets: UnsafeBufferPointer<Target>, ignoring ignoreIndex: Int?,
    into output: UnsafeMutableBufferPointer<Scalar>
  ) throws(SoftmaxError) {
    try rows.forEachBatch(scratchPerRow: Self.scoringScratchPerRow(widestTail: widestTail)) {
      (batch, range) throws(SoftmaxError) in
      try CallScratch.with { (scratch) throws(SoftmaxError) in
        try score(
          batch, UnsafeBufferPointer(rebasing: targets[range]), ignoring: ignoreIndex,
          into: UnsafeMutableBufferPointer(rebasing: output[range]), scratch)
      }
    }
  }

  /// One batch: the head over all its rows, ordered by the band of their target, then each tail over its own rows.
  private func score<Target: IndexTensorScalar>(
    _ rows: AdaptiveRows<Scalar>, _ targets: UnsafeBufferPointer<Target>, ignoring ignoreIndex: Int?,
    into output: UnsafeMutableBufferPointer<Scalar>, _ scratch: CallScratch
  ) throws(SoftmaxError) {
    let bands = try RowBands(rows.count, bands: layout.cutoffs.count, scratch) { row in
      ignoreIndex != nil && targets[row] == ignoreIndex! ? nil : layout.band(of: Int(targets[row]))
    }
    output.update(repeating: 0)
    let count = bands.order.count
    guard count > 0 else { return }

    let headTarget = try scratch.take(Int64.self, count)
    let tailTarget = try scratch.take(Int64.self, count)
    for band in layout.cutoffs.indices {
      for i in bands[band] {
        let target = Int64(targets[bands.order[i]])
        headTarget[i] = band == 0 ? target : Int64(layout.shortlistSize + band - 1)
        tailTarget[i] = band == 0 ? 0 : target - Int64(layout.cutoffs[band - 1])
      }
    }

    let max = try scratch.take(Scalar.self, count)
    let rest = try scratch.take(Double.self, count)
    let logit = try scratch.take(Scalar.self, count)
    let headLogProb = try scratch.take(Scalar.self, count)
    let tailLogProb = try scratch.take(Scalar.self, count)
    let projected = try scratch.take(Scalar.self, count * widestTail)

    var job = rows.job(bands.order)
    job.max = UnsafeMutableRawPointer(max)
    job.rest = rest
    job.target = UnsafePointer(headTarget)
    job.targetLogit = UnsafeMutableRawPointer(logit)
    try head.run(job, threads: rows.threads)
    try logProbability(Scalar._kernelType, logit: logit, max: max, rest: rest, into: headLogProb, rows: count)
    for i in bands[0] { output[bands.order[i]] = headLogProb[i] }

    for (index, tail) in tails.enumerated() {
      let own = bands[index + 1]
      guard !own.isEmpty else { continue }
      let first = own.lowerBound
      var job = try rows.job(tail, UnsafeBufferPointer(rebasing: bands.order[own]), projected: projected)
      job.max = UnsafeMutableRawPointer(max)
      job.rest = rest
      job.target = UnsafePointer(tailTarget + first)
      job.targetLogit = UnsafeMutableRawPointer(logit)
      try tail.output.run(job, threads: rows.threads)
      try logProbability(
        Scalar._kernelType, logit: logit, max: max, rest: rest, base: headLogProb + first, into: tailLogProb,
        rows: own.count)
      for i in own { output[bands.order[i]] = tailLogProb[i - first] }
    }
  }

  /// The losses -weight[target] output, reduced.
  private func loss<Target: IndexTensorScalar>(
    _ output: Tensor<Scalar>, _ target: Tensor<Target>, weight: Tensor<Scalar>?, ignoring ignoreIndex: Int?,
    _ reduction: Reduction
  ) throws(SoftmaxError) -> Tensor<Scalar> {
    let logProb = output.storage.buffer
    let targets = target.storage.buffer
    let weights = weight?.storage.buffer
    var result = Tensor<Scalar>(scalar: 0)
    try reduceLoss(reduction, shape: target.shape, into: &result) { (loss, rowWeight) throws(SoftmaxError) in
      var anyCounts = false
      for i in targets.indices {
        let ignored = ignoreIndex != nil && targets[i] == ignoreIndex!
        rowWeight[i] = ignored ? 0 : weights?[Int(targets[i])] ?? 1
        loss[i] = ignored ? 0 : -(rowWeight[i] * logProb[i])
        if !ignored { anyCounts = true }
      }
      return anyCounts
    }
    withExtendedLifetime((output, target, weight)) {}
    return result
  }
}
