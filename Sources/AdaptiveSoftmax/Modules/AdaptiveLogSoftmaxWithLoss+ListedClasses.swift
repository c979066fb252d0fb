extension AdaptiveLogSoftmaxWithLoss {
  /// The log-probabilities of some classes of each row, for re-ranking or scoring candidates: the entries that
  /// `logProb` has, to the bit.
  ///
  ///     y[n, j] = log p(classes[n, j] | input[n])
  ///
  /// Only the tails that a row names are computed for it, and of these only log-sum-exp and the logits asked for.
  ///
  /// - Parameters:
  ///   - input: [..., inFeatures].
  ///   - classes: [..., m], classes in `0 ..< nClasses`, of any integer type, in any order, repeated or not.
  ///   - threads: 0 for the runtime's default.
  /// - Returns: [..., m].
  /// - Throws: `SoftmaxError` (`shape`, `target`, `argument`, `memory`, `variant`).
  /// - Complexity: O(rows inFeatures headSize), the tails named, and O(inFeatures) for each class. Error of a layer's
  ///   product: at most (features + 1) / 2 ULP of the bias and the sum of its terms' sizes, with random signs typically
  ///   below 3. Of the log-probability that a layer gives, for its logits as computed: at most 12 ULP (Double 14) below
  ///   -1/16, above 70 (Double 520); that of a class in a tail is the sum of two, rounded once.
  public func logProb<Input, Class>(_ input: Tensor<Input>, classes: Tensor<Class>, threads: Int = 0)
    throws(SoftmaxError) -> Tensor<Scalar>
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar, Class: IndexTensorScalar {
    var result = Tensor<Scalar>([])
    try logProb(input, classes: classes, into: &result, threads: threads)
    return result
  }

  /// The same, written to `result`, whose storage is reused when it is not shared and holds as many scalars.
  public func logProb<Input, Class>(
    _ input: Tensor<Input>, classes: Tensor<Class>, into result: inout Tensor<Scalar>, threads: Int = 0
  ) throws(SoftmaxError)
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar, Class: IndexTensorScalar {
    let shape = try rowShape(input)
    guard let perRow = classes.shape.last, Array(classes.shape.dropLast()) == shape else {
      let expected = (shape.map { "\($0)" } + ["m"]).joined(separator: ", ")
      throw SoftmaxError(
        .shape, "expected classes of shape [\(expected)] for inputs \(input.shape), found \(classes.shape)")
    }
    try check(classes: classes)
    _ = try threadCount(threads)
    try result.prepare(shape: classes.shape)
    guard result.count > 0 else { return }
    let size = MemoryLayout<Scalar>.stride
    let scratchPerRow = (widestTail + tails.count) * size + perRow * (size + 8) + 64
    try classes.withUnsafeBufferPointer { (classes) throws(SoftmaxError) in
      try result.withUnsafeMutableBufferPointer { (output) throws(SoftmaxError) in
        try withRows(of: input, threads: threads) { (rows) throws(SoftmaxError) in
          try rows.forEachBatch(scratchPerRow: scratchPerRow) { (batch, range) throws(SoftmaxError) in
            let entries = range.lowerBound * perRow..<range.upperBound * perRow
            try CallScratch.with { (scratch) throws(SoftmaxError) in
              try logProb(
                batch, UnsafeBufferPointer(rebasing: classes[entries]), perRow,
                into: UnsafeMutableBufferPointer(rebasing: output[entries]), scratch)
            }
          }
        }
      }
    }
  }

  /// One batch: the shortlist for all rows, then each tail for the rows that name it.
  private func logProb<Class: IndexTensorScalar>(
    _ rows: AdaptiveRows<Scalar>, _ classes: UnsafeBufferPointer<Class>, _ perRow: Int,
    into output: UnsafeMutableBufferPointer<Scalar>, _ scratch: CallScratch
  ) throws(SoftmaxError) {
    let count = rows.count
    let max = try scratch.take(Scalar.self, count)
    let rest = try scratch.take(Double.self, count)
    let clusters = try scratch.take(Scalar.self, count * tails.count)
    let base = try scratch.take(Scalar.self, count)
    let order = try scratch.take(Int.self, count)
    let ids = try scratch.take(Int64.self, count * perRow)
    let logProbs = try scratch.take(Scalar.self, count * perRow)
    let projected = try scratch.take(Scalar.self, count * widestTail)

    /// The listed classes of one band, from `first` on, for the rows of `order`, rated and copied to the output.
    func rate(_ layer: PackedLinear, _ job: LinearJob, band: Range<Int>, base: UnsafePointer<Scalar>?)
      throws(SoftmaxError)
    {
      for i in 0..<job.rows * perRow {
        let id = Int(classes[order[i / perRow] * perRow + i % perRow])
        ids[i] = band.contains(id) ? Int64(id - band.lowerBound) : -1
      }
      logProbs.update(repeating: 0, count: job.rows * perRow)
      var job = job
      try layer.pick(ids, perRow: perRow, of: job, into: logProbs, threads: rows.threads)
      job.max = UnsafeMutableRawPointer(max)
      job.rest = rest
      try layer.run(job, threads: rows.threads)
      try logProbabilities(
        Scalar._kernelType, inPlace: logProbs, rows: job.rows, columns: perRow, stride: perRow, max: max, rest: rest,
        base: base, threads: rows.threads)
      for i in 0..<job.rows * perRow where ids[i] >= 0 {
        output[order[i / perRow] * perRow + i % perRow] = logProbs[i]
      }
    }

    for row in 0..<count { order[row] = row }
    var job = rows.job()
    job.split = layout.shortlistSize
    job.logitsAfter = UnsafeMutableRawPointer(clusters)
    job.afterStride = tails.count
    try rate(head, job, band: 0..<layout.shortlistSize, base: nil)
    try logProbabilities(
      Scalar._kernelType, inPlace: clusters, rows: count, columns: tails.count, stride: tails.count, max: max,
      rest: rest, threads: rows.threads)

    for (index, tail) in tails.enumerated() {
      let band = layout.tailClasses(index)
      var named = 0
      for row in 0..<count where (0..<perRow).contains(where: { band.contains(Int(classes[row * perRow + $0])) }) {
        order[named] = row
        base[named] = clusters[row * tails.count + index]
        named += 1
      }
      guard named > 0 else { continue }
      let job = try rows.job(tail, UnsafeBufferPointer(start: order, count: named), projected: projected)
      try rate(tail.output, job, band: band, base: base)
    }
  }
}
