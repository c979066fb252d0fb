extension AdaptiveLogSoftmaxWithLoss {
  /// The class with the greatest log-probability of each row, the lowest of them where several tie: argmax of `logProb`,
  /// without computing it.
  ///
  /// A class of tail i cannot exceed the log-probability of tail i, so a tail is computed only for the rows where that is
  /// not below the best class found so far. NaN never wins; a row of NaN only gives 0.
  ///
  /// - Parameters:
  ///   - input: [..., inFeatures]; the result is [...].
  /// - Throws: `SoftmaxError` (`shape`, `argument`, `memory`, `variant`).
  /// - Complexity: O(rows inFeatures headSize), and the tails of the rows that need them.
  public func predict<Input>(_ input: Tensor<Input>, threads: Int = 0) throws(SoftmaxError) -> Tensor<Int64>
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    var result = Tensor<Int64>([])
    try predict(input, into: &result, threads: threads)
    return result
  }

  /// The same, written to `result`, whose storage is reused when it is large enough.
  public func predict<Input>(_ input: Tensor<Input>, into result: inout Tensor<Int64>, threads: Int = 0)
    throws(SoftmaxError)
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    let shape = try rowShape(input)
    _ = try threadCount(threads)
    try result.prepare(shape: shape)
    try result.withUnsafeMutableBufferPointer { (classes) throws(SoftmaxError) in
      try withRows(of: input, threads: threads) { (rows) throws(SoftmaxError) in
        try forEachBest(of: rows, 1) { best, range in
          for row in 0..<range.count { classes[range.lowerBound + row] = best.classes(row).first ?? 0 }
        }
      }
    }
  }

  /// Hands the k best classes of each row to `body`, batch by batch.
  func forEachBest(
    of rows: AdaptiveRows<Scalar>, _ k: Int, _ body: (BestClasses<Scalar>, Range<Int>) throws(SoftmaxError) -> Void
  ) throws(SoftmaxError) {
    let capacity = k + tails.count + LinearCandidates<Scalar>.slack
    let scratchPerRow =
      (widestTail + tails.count) * MemoryLayout<Scalar>.stride + (capacity + k) * (MemoryLayout<Scalar>.stride + 8) + 96
    try rows.forEachBatch(scratchPerRow: scratchPerRow) { (batch, range) throws(SoftmaxError) in
      try CallScratch.with { (scratch) throws(SoftmaxError) in
        let best = try BestClasses<Scalar>(rows: batch.count, k: k, scratch)
        try search(batch, best, scratch)
        try body(best, range)
      }
    }
  }

  /// One batch: the head first, then, best tail first, rounds of the tails that can still hold one of the k best.
  private func search(_ rows: AdaptiveRows<Scalar>, _ best: BestClasses<Scalar>, _ scratch: CallScratch)
    throws(SoftmaxError)
  {
    let type = Scalar._kernelType
    let count = rows.count
    let nTails = tails.count
    // Among the k + nTails best of the head at most nTails are tails: the k best of the shortlist are in.
    var found = try LinearCandidates<Scalar>(rows: count, k: best.k + nTails, scratch)
    let clusters = try scratch.take(Scalar.self, count * nTails)
    let base = try scratch.take(Scalar.self, count)
    let projected = try scratch.take(Scalar.self, count * widestTail)
    let full = try scratch.take(Scalar.self, max(layout.headSize, (tails.map(\.output.classes).max() ?? 0)))

    var job = rows.job()
    job.logitsAfter = UnsafeMutableRawPointer(clusters)
    job.afterStride = nTails
    job.split = layout.shortlistSize
    try found.run(head, job, k: best.k + nTails, threads: rows.threads)
    try logProbabilities(
      type, inPlace: clusters, rows: count, columns: nTails, stride: nTails, max: found.max, rest: found.rest,
      threads: rows.threads)
    try found.rate(base: nil, threads: rows.threads)
    for row in 0..<count {
      found.merge(row, into: best, row, classes: 0..<layout.shortlistSize)
      if !found.isComplete(row, best.threshold(row)) {
        try found.mergeAll(
          row, of: head, rows.job(), base: nil, full, into: best, row, classes: 0..<layout.shortlistSize)
      }
    }

    while true {
      let next = try RowBands(count, bands: nTails, scratch) { row in
        nextTail(UnsafeBufferPointer(start: clusters + row * nTails, count: nTails), best, row)
      }
      guard !next.order.isEmpty else { return }
      for (index, tail) in tails.enumerated() where !next[index].isEmpty {
        let order = UnsafeBufferPointer(rebasing: next.order[next[index]])
        for (i, row) in order.enumerated() {
          base[i] = clusters[row * nTails + index]
          clusters[row * nTails + index] = .nan  // computed
        }
        let job = try rows.job(tail, order, projected: projected)
        try found.run(tail.output, job, k: best.k, threads: rows.threads)
        try found.rate(base: base, threads: rows.threads)
        for (i, row) in order.enumerated() {
          found.merge(i, into: best, row, classes: layout.tailClasses(index))
          if !found.isComplete(i, best.threshold(row)) {
            try found.mergeAll(
              i, of: tail.output, job, base: base + i, full, into: best, row, classes: layout.tailClasses(index))
          }
        }
      }
    }
  }

  /// The most probable tail that is not computed yet and can hold a class better than the row's k-th best.
  private func nextTail(_ logProb: UnsafeBufferPointer<Scalar>, _ best: BestClasses<Scalar>, _ row: Int) -> Int? {
    var next: Int?
    for i in logProb.indices where !logProb[i].isNaN && !(next.map { logProb[$0] >= logProb[i] } ?? false) {
      if best.admits(row, logProb[i], Int64(layout.tailClasses(i).lowerBound)) { next = i }
    }
    return next
  }
}
