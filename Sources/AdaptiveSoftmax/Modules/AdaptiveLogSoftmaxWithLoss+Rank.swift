extension AdaptiveLogSoftmaxWithLoss {
  /// The rank of each row's target among all classes, 1 for the best: its place in `topK(_:k:)` with k = `nClasses`.
  ///
  ///     rank[n] = 1 + number of classes c with log p(c) > log p(target[n]), or equal and c < target[n]
  ///
  /// Only counts are kept, and only of tails that can hold a better class: log p(tail) reaches log p(target). Where log p
  /// is NaN every number is better. From ranks come recall@k (the share of ranks <= k) and the mean reciprocal rank.
  ///
  /// - Parameters:
  ///   - input: [..., inFeatures].
  ///   - target: [...], classes in `0 ..< nClasses`, of any integer type.
  ///   - ignoreIndex: rows with this target are not read and get 0; it may lie outside the classes.
  /// - Returns: [...].
  /// - Throws: `SoftmaxError` (`shape`, `target`, `argument`, `memory`, `variant`), before any work.
  /// - Complexity: O(rows inFeatures headSize) for targets in the shortlist with no tail above them; a row that needs a
  ///   tail for its target or for what may be better pays for it twice.
  public func rank<Input, Target>(
    _ input: Tensor<Input>, of target: Tensor<Target>, ignoreIndex: Int? = nil, threads: Int = 0
  ) throws(SoftmaxError) -> Tensor<Int64>
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar, Target: IndexTensorScalar {
    var result = Tensor<Int64>([])
    try rank(input, of: target, into: &result, ignoreIndex: ignoreIndex, threads: threads)
    return result
  }

  /// The same, written to `result`, whose storage is reused when it is large enough.
  public func rank<Input, Target>(
    _ input: Tensor<Input>, of target: Tensor<Target>, into result: inout Tensor<Int64>, ignoreIndex: Int? = nil,
    threads: Int = 0
  ) throws(SoftmaxError)
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar, Target: IndexTensorScalar {
    try checkShapes(input, target)
    try checkValues(target, ignoring: ignoreIndex)
    _ = try threadCount(threads)
    try result.prepare(shape: target.shape)
    let scratchPerRow = (widestTail + tails.count) * MemoryLayout<Scalar>.stride + 256
    try target.withUnsafeBufferPointer { (targets) throws(SoftmaxError) in
      try result.withUnsafeMutableBufferPointer { (ranks) throws(SoftmaxError) in
        try withRows(of: input, threads: threads) { (rows) throws(SoftmaxError) in
          try rows.forEachBatch(scratchPerRow: scratchPerRow) { (batch, range) throws(SoftmaxError) in
            try CallScratch.with { (scratch) throws(SoftmaxError) in
              try rank(
                batch, UnsafeBufferPointer(rebasing: targets[range]), ignoring: ignoreIndex,
                into: UnsafeMutableBufferPointer(rebasing: ranks[range]), scratch)
            }
          }
        }
      }
    }
  }

  /// One batch, its rows ordered by the band of their target. First each row against the classes of its own band, which
  /// gives its log-probability, then against the other bands that can hold better ones.
  private func rank<Target: IndexTensorScalar>(
    _ rows: AdaptiveRows<Scalar>, _ targets: UnsafeBufferPointer<Target>, ignoring ignoreIndex: Int?,
    into ranks: UnsafeMutableBufferPointer<Int64>, _ scratch: CallScratch
  ) throws(SoftmaxError) {
    let nTails = tails.count
    let bands = try RowBands(rows.count, bands: layout.cutoffs.count, scratch) { row in
      ignoreIndex != nil && targets[row] == ignoreIndex! ? nil : layout.band(of: Int(targets[row]))
    }
    ranks.update(repeating: 0)
    let count = bands.order.count
    guard count > 0 else { return }

    let counter = try LinearRanks<Scalar>(rows: count, scratch)
    let own = try scratch.take(Int64.self, count)
    let better = try scratch.take(Int64.self, count)
    let logProb = try scratch.take(Scalar.self, count)
    let clusters = try scratch.take(Scalar.self, count * nTails)
    let projected = try scratch.take(Scalar.self, count * widestTail)
    let headMax = try scratch.take(Scalar.self, count)
    let headRest = try scratch.take(Double.self, count)
    let isNaN = try scratch.take(Bool.self, count)
    for band in layout.cutoffs.indices {
      for i in bands[band] {
        own[i] = band == 0 ? Int64(targets[bands.order[i]]) : Int64(layout.shortlistSize + band - 1)
      }
    }

    var job = rows.job(bands.order)
    job.logitsAfter = UnsafeMutableRawPointer(clusters)
    job.afterStride = nTails
    try counter.countOwn(head, job, classes: own, first: layout.shortlistSize, threads: rows.threads)
    for i in 0..<count {
      better[i] = counter.better[i]
      logProb[i] = counter.logProb[i]
      headMax[i] = counter.max[i]
      headRest[i] = counter.rest[i]
      isNaN[i] = !counter.hasNumbers(i)
    }
    try logProbabilities(
      Scalar._kernelType, inPlace: clusters, rows: count, columns: nTails, stride: nTails, max: headMax,
      rest: headRest, threads: rows.threads)

    for (index, tail) in tails.enumerated() {
      let range = bands[index + 1]
      guard !range.isEmpty else { continue }
      let first = range.lowerBound
      for i in range { own[i] = Int64(targets[bands.order[i]]) - Int64(layout.cutoffs[index]) }
      let job = try rows.job(tail, UnsafeBufferPointer(rebasing: bands.order[range]), projected: projected)
      try counter.countOwn(
        tail.output, job, classes: own + first, first: tail.output.classes, base: logProb + first,
        threads: rows.threads)
      for i in range {
        logProb[i] = counter.logProb[i - first]
        better[i] = logProb[i].isNaN ? own[i] : counter.better[i - first]
      }
    }

    try rankInShortlist(rows, bands, counter, headMax, headRest, logProb, better)
    try rankInOtherTails(rows, bands, counter, clusters, logProb, isNaN, better, projected, scratch)
    for i in 0..<count { ranks[bands.order[i]] = isNaN[i] ? Int64(targets[bands.order[i]]) + 1 : better[i] + 1 }
  }

  /// Adds the classes of the shortlist that are better than targets in tails.
  private func rankInShortlist(
    _ rows: AdaptiveRows<Scalar>, _ bands: RowBands, _ counter: LinearRanks<Scalar>,
    _ max: UnsafePointer<Scalar>, _ rest: UnsafePointer<Double>, _ logProb: UnsafePointer<Scalar>,
    _ better: UnsafeMutablePointer<Int64>
  ) throws(SoftmaxError) {
    let first = bands[0].upperBound
    let order = bands.order[first...]
    guard !order.isEmpty else { return }
    try counter.countOther(
      head, rows.job(UnsafeBufferPointer(rebasing: order)), first: layout.shortlistSize, than: logProb + first,
      max: max + first, rest: rest + first, threads: rows.threads, areLower: { _ in true })
    for i in order.indices {
      better[i] += logProb[i].isNaN ? Int64(layout.shortlistSize) : counter.better[i - first]
    }
  }

  /// Adds the classes of tails that are better than targets elsewhere.
  private func rankInOtherTails(
    _ rows: AdaptiveRows<Scalar>, _ bands: RowBands, _ counter: LinearRanks<Scalar>,
    _ clusters: UnsafePointer<Scalar>, _ logProb: UnsafePointer<Scalar>, _ isNaN: UnsafePointer<Bool>,
    _ better: UnsafeMutablePointer<Int64>, _ projected: UnsafeMutablePointer<Scalar>, _ scratch: CallScratch
  ) throws(SoftmaxError) {
    let places = try scratch.take(Int.self, bands.order.count)
    let order = try scratch.take(Int.self, bands.order.count)
    let base = try scratch.take(Scalar.self, bands.order.count)
    let bar = try scratch.take(Scalar.self, bands.order.count)
    for (index, tail) in tails.enumerated() {
      var count = 0
      for band in layout.cutoffs.indices where band != index + 1 {
        for i in bands[band] where !isNaN[i] {
          let cluster = clusters[i * tails.count + index]
          let canHoldBetter = cluster > logProb[i] || (cluster == logProb[i] && index + 1 < band) || logProb[i].isNaN
          guard canHoldBetter else { continue }
          places[count] = i
          order[count] = bands.order[i]
          base[count] = cluster
          bar[count] = logProb[i]
          count += 1
        }
      }
      guard count > 0 else { continue }
      let firstAfter = (0..<count).first { places[$0] >= bands[index + 1].upperBound } ?? count
      let job = try rows.job(tail, UnsafeBufferPointer(start: order, count: count), projected: projected)
      try counter.sum(tail.output, job, threads: rows.threads)
      try counter.countOther(
        tail.output, job, first: tail.output.classes, than: bar, max: counter.max, rest: counter.rest, base: base,
        threads: rows.threads, areLower: { $0 >= firstAfter })
      for i in 0..<count {
        let areBefore = i >= firstAfter
        let all = counter.hasNumbers(i) || areBefore ? Int64(tail.output.classes) : 0
        better[places[i]] += bar[i].isNaN ? all : counter.better[i]
      }
    }
  }
}
