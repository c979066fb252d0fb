extension AdaptiveLogSoftmaxWithLoss {
  /// The k classes with the greatest log-probabilities of each row, best first: exactly what sorting `logProb` gives,
  /// without computing it.
  ///
  ///     order: greater log-probability first; the lower class id where two are equal; NaN last
  ///
  /// A class of tail i cannot exceed log p(tail i), so a tail is computed only for the rows where that reaches the k-th
  /// best class found so far; within a tile, classes are kept by a threshold test. How much that saves depends on how
  /// peaked the rows are; `tiles` tells.
  ///
  /// - Parameters:
  ///   - input: [..., inFeatures].
  ///   - k: from 1 to `nClasses`.
  /// - Returns: class ids and log-probabilities, [..., k], with the bits of `logProb`.
  /// - Throws: `SoftmaxError` (`shape`, `argument`, `memory`, `variant`).
  /// - Complexity: O(rows inFeatures headSize), and the tails of the rows that need them. Memory beyond the result: the
  ///   kernels' scratch and about 16 MB for a batch, or what 16 rows take where that is more. With w = k + nClusters a
  ///   row takes at most 2 w or w + 16 candidates, whichever is more, each a logit and an id; where a layer has fewer
  ///   than 8 w classes, at most as many as these. Rows with fewer than k classes above -inf are searched again with
  ///   all logits of a layer: about 16 MB more, or what one row takes.
  ///
  /// PyTorch: `torch.topk(head.log_prob(input), k)`, which leaves the order of ties open and puts NaN first.
  public func topK<Input>(_ input: Tensor<Input>, k: Int, threads: Int = 0) throws(SoftmaxError) -> TopK<Scalar>
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    var result = TopK<Scalar>()
    try topK(input, k: k, into: &result, threads: threads)
    return result
  }

  /// The same, written to `result`, whose tensors are reused when they have the right size and are not shared.
  public func topK<Input>(_ input: Tensor<Input>, k: Int, into result: inout TopK<Scalar>, threads: Int = 0)
    throws(SoftmaxError)
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    let shape = try rowShape(input)
    guard (1...nClasses).contains(k) else {
      throw SoftmaxError(.argument, "k should be between 1 and nClasses, \(nClasses), found \(k)")
    }
    _ = try threadCount(threads)
    try result.ids.prepare(shape: shape + [k])
    try result.logProbs.prepare(shape: shape + [k])
    result.tiles = TileCount()
    try result.ids.withUnsafeMutableBufferPointer { (ids) throws(SoftmaxError) in
      try result.logProbs.withUnsafeMutableBufferPointer { (logProbs) throws(SoftmaxError) in
        try withRows(of: input, threads: threads) { (rows) throws(SoftmaxError) in
          result.tiles = try forEachBest(of: rows, k, ids: ids.baseAddress, logProbs: logProbs.baseAddress) {
            best, _ in fillWithNaN(best)
          }
        }
      }
    }
  }

  /// Hands the k best classes of each row, in order, to `body`, batch by batch.
  ///
  /// - Parameters:
  ///   - ids: [rows, k]: where the class ids go; nil for scratch.
  ///   - logProbs: [rows, k]: where their log-probabilities go; nil for scratch.
  @discardableResult
  func forEachBest(
    of rows: AdaptiveRows<Scalar>, _ k: Int, ids: UnsafeMutablePointer<Int64>? = nil,
    logProbs: UnsafeMutablePointer<Scalar>? = nil,
    _ body: (BestClasses<Scalar>, Range<Int>) throws(SoftmaxError) -> Void
  ) throws(SoftmaxError) -> TileCount {
    var tiles = TileCount()
    let size = MemoryLayout<Scalar>.stride
    let scratchPerRow =
      (widestTail + 2 * tails.count) * size + (candidateColumns(k) + k) * (size + 8)
      + TailReach.Room<Scalar>.bytesPerRow + 112
    try rows.forEachBatch(scratchPerRow: scratchPerRow) { (batch, range) throws(SoftmaxError) in
      try CallScratch.with { (scratch) throws(SoftmaxError) in
        let first = range.lowerBound * k
        let ids = if let ids { ids + first } else { try scratch.take(Int64.self, batch.count * k) }
        let logProbs = if let logProbs { logProbs + first } else { try scratch.take(Scalar.self, batch.count * k) }
        let best = try BestClasses<Scalar>(rows: batch.count, k: k, ids: ids, logProbs: logProbs, scratch)
        try findBest(of: batch, best, &tiles, scratch)
        try body(best, range)
      }
    }
    return tiles
  }

  /// One batch; the rows for which the lists of candidates prove too little are searched again with all logits.
  ///
  /// Those are rare, but for heads that give fewer than k classes more than -inf, where all of them are: so neighbours are
  /// searched together, as many as keep the logits near 16 MB.
  private func findBest(
    of rows: AdaptiveRows<Scalar>, _ best: BestClasses<Scalar>, _ tiles: inout TileCount, _ scratch: CallScratch
  ) throws(SoftmaxError) {
    let computed = try search(rows, best, keepsAllLogits: false, scratch)
    tiles.computed += computed
    tiles.skipped += rows.count * tilesPerRow - computed
    let most = max(1, (16 << 20) / (largestBand * (MemoryLayout<Scalar>.stride + MemoryLayout<Int64>.stride)))
    var row = 0
    while row < rows.count {
      var end = row
      while end < min(row + most, rows.count), !best.isComplete(end) { end += 1 }
      if end > row { try searchAgain(row..<end, of: rows, best) }
      row = max(end, row + 1)
    }
    try best.sort(threads: rows.threads)
  }

  private func searchAgain(_ range: Range<Int>, of rows: AdaptiveRows<Scalar>, _ best: BestClasses<Scalar>)
    throws(SoftmaxError)
  {
    try CallScratch.with { (scratch) throws(SoftmaxError) in
      let first = range.lowerBound * best.k
      let again = try BestClasses<Scalar>(
        rows: range.count, k: best.k, ids: best.ids + first, logProbs: best.logProbs + first, scratch)
      _ = try search(rows[range], again, keepsAllLogits: true, scratch)
      for (i, row) in range.enumerated() { best.counts[row] = again.counts[i] }
    }
  }

  /// Ends rows that have fewer than k numbers: the classes of the bands without one are NaN, the lowest first.
  func fillWithNaN(_ best: BestClasses<Scalar>) {
    let k = best.k
    for row in 0..<best.rows where best.counts[row] < k {
      let numbers = best.classes(row)
      var next = row * k + numbers.count
      for band in cutoffs.indices {
        let classes = (band == 0 ? 0 : cutoffs[band - 1])..<cutoffs[band]
        guard !numbers.contains(where: { classes.contains(Int($0)) }) else { continue }
        for id in classes.prefix((row + 1) * k - next) {
          best.ids[next] = Int64(id)
          best.logProbs[next] = .nan
          next += 1
        }
      }
    }
  }
}
