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
  ///   - limit: ranks beyond it are given as limit + 1. A row is done as soon as that is known, so that a small limit costs
  ///     little more than the log-probabilities of the targets; nil for exact ranks.
  /// - Returns: [...].
  /// - Throws: `SoftmaxError` (`shape`, `target`, `argument`, `memory`, `variant`).
  /// - Complexity: O(rows inFeatures headSize) for targets in the shortlist with no tail above them; a row that needs a
  ///   tail for its target or for what may be better pays for it twice.
  public func rank<Input, Target>(
    _ input: Tensor<Input>, of target: Tensor<Target>, ignoreIndex: Int? = nil, limit: Int? = nil, threads: Int = 0
  ) throws(SoftmaxError) -> Tensor<Int64>
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar, Target: IndexTensorScalar {
    var (result, logProbs) = (Tensor<Int64>([]), Tensor<Scalar>([]))
    try rank(
      input, of: target, into: &result, logProbs: &logProbs, ignoreIndex: ignoreIndex, limit: limit, threads: threads)
    return result
  }

  /// The same, written to `result`, and the log-probabilities of the targets, the bits that `callAsFunction` gives, to
  /// `logProbs`; the storage of both is reused when it is not shared and holds as many scalars.
  public func rank<Input, Target>(
    _ input: Tensor<Input>, of target: Tensor<Target>, into result: inout Tensor<Int64>,
    logProbs: inout Tensor<Scalar>, ignoreIndex: Int? = nil, limit: Int? = nil, threads: Int = 0
  ) throws(SoftmaxError)
  where Input: FloatingTensorScalar, Input.Accumulator == Scalar, Target: IndexTensorScalar {
    try checkShapes(input, target)
    try checkValues(target, ignoring: ignoreIndex)
    guard limit ?? 1 >= 1 else {
      throw SoftmaxError(.argument, "limit should be at least 1, or nil for exact ranks, found \(limit ?? 0)")
    }
    _ = try threadCount(threads)
    try result.prepare(shape: target.shape)
    try logProbs.prepare(shape: target.shape)
    let scratchPerRow =
      (widestTail + 2 * tails.count) * MemoryLayout<Scalar>.stride + TailReach.Room<Scalar>.bytesPerRow + 272
    try target.withUnsafeBufferPointer { (targets) throws(SoftmaxError) in
      try result.withUnsafeMutableBufferPointer { (ranks) throws(SoftmaxError) in
        try logProbs.withUnsafeMutableBufferPointer { (logProbs) throws(SoftmaxError) in
          try withRows(of: input, threads: threads) { (rows) throws(SoftmaxError) in
            try rows.forEachBatch(scratchPerRow: scratchPerRow) { (batch, range) throws(SoftmaxError) in
              try CallScratch.with { (scratch) throws(SoftmaxError) in
                try rank(
                  batch, UnsafeBufferPointer(rebasing: targets[range]), ignoring: ignoreIndex, limit: limit,
                  into: UnsafeMutableBufferPointer(rebasing: ranks[range]),
                  UnsafeMutableBufferPointer(rebasing: logProbs[range]), scratch)
              }
            }
          }
        }
      }
    }
  }

  /// One batch, its rows ordered by the band of their target.
  ///
  /// First each row against the classes of its own band, which gives its log-probability, then against the other bands
  /// that can hold better ones.
  private func rank<Target: IndexTensorScalar>(
    _ rows: AdaptiveRows<Scalar>, _ targets: UnsafeBufferPointer<Target>, ignoring ignoreIndex: Int?, limit: Int?,
    into ranks: UnsafeMutableBufferPointer<Int64>, _ logProbs: UnsafeMutableBufferPointer<Scalar>,
    _ scratch: CallScratch
  ) throws(SoftmaxError) {
    let nTails = tails.count
    let bands = try RowBands(rows.count, bands: layout.cutoffs.count, scratch) { row in
      ignoreIndex != nil && targets[row] == ignoreIndex! ? nil : layout.band(of: Int(targets[row]))
    }
    ranks.update(repeating: 0)
    logProbs.update(repeating: 0)
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
    let limit = limit.map { Int64($0) } ?? .max
    try counter.countOwn(head, job, classes: own, first: layout.shortlistSize, limit: limit, threads: rows.threads)
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
        tail.output, job, classes: own + first, first: tail.output.classes, base: logProb + first, limit: limit,
        threads: rows.threads)
      for i in range {
        logProb[i] = counter.logProb[i - first]
        better[i] = logProb[i].isNaN ? own[i] : counter.better[i - first]
      }
    }

    let open = RankedRows(
      rows: rows, order: bands.order, limit: limit, logProb: logProb, better: better,
      index: try scratch.take(Int.self, count), places: try scratch.take(Int.self, count))
    try rankInShortlist(open, from: bands[0].upperBound, counter, headMax, headRest, scratch)
    try rankInOtherTails(open, bands, counter, clusters, isNaN, projected, scratch)
    for i in 0..<count {
      let row = bands.order[i]
      ranks[row] = min(isNaN[i] ? Int64(targets[row]) : better[i], limit == .max ? .max - 1 : limit) + 1
      logProbs[row] = logProb[i]
    }
  }

  /// The rows of a batch, in the order of their targets' bands, with what is known of their targets so far.
  private struct RankedRows {
    let rows: AdaptiveRows<Scalar>
    let order: UnsafeBufferPointer<Int>
    let limit: Int64
    let logProb: UnsafePointer<Scalar>
    let better: UnsafeMutablePointer<Int64>
    /// Room for a choice of rows: their numbers in the batch, and their places in `order`.
    let index: UnsafeMutablePointer<Int>
    let places: UnsafeMutablePointer<Int>

    /// Chooses those of some places that are within the limit and for which `needs` holds; returns how many.
    func choose(_ range: Range<Int>, from first: Int = 0, where needs: (Int) -> Bool) -> Int {
      var count = first
      for i in range where better[i] < limit && needs(i) {
        places[count] = i
        index[count] = order[i]
        count += 1
      }
      return count
    }
  }

  /// Adds the classes of the shortlist that are better than targets in tails, which begin at place `first`.
  private func rankInShortlist(
    _ open: RankedRows, from first: Int, _ counter: LinearRanks<Scalar>, _ max: UnsafePointer<Scalar>,
    _ rest: UnsafePointer<Double>, _ scratch: CallScratch
  ) throws(SoftmaxError) {
    let count = open.choose(first..<open.order.count) { _ in true }
    guard count > 0 else { return }
    let bar = try scratch.take(Scalar.self, count)
    let barMax = try scratch.take(Scalar.self, count)
    let barRest = try scratch.take(Double.self, count)
    for i in 0..<count {
      bar[i] = open.logProb[open.places[i]]
      barMax[i] = max[open.places[i]]
      barRest[i] = rest[open.places[i]]
    }
    try counter.countOther(
      head, open.rows.job(UnsafeBufferPointer(start: open.index, count: count)), first: layout.shortlistSize,
      than: bar, max: barMax, rest: barRest, threads: open.rows.threads, areLower: { _ in true })
    for i in 0..<count {
      open.better[open.places[i]] += bar[i].isNaN ? Int64(layout.shortlistSize) : counter.better[i]
    }
  }

  /// Adds the classes of tails that are better than targets elsewhere.
  private func rankInOtherTails(
    _ open: RankedRows, _ bands: RowBands, _ counter: LinearRanks<Scalar>, _ clusters: UnsafePointer<Scalar>,
    _ isNaN: UnsafePointer<Bool>, _ projected: UnsafeMutablePointer<Scalar>, _ scratch: CallScratch
  ) throws(SoftmaxError) {
    let base = try scratch.take(Scalar.self, open.order.count)
    let bar = try scratch.take(Scalar.self, open.order.count)
    let limits = try TailLimits(clusters, rows: open.order.count, of: tails, scratch)
    try limits.lower(
      open.order.count, of: open.rows, list: open.order.baseAddress, projected: projected, scratch
    ) { i, tail, limit in
      open.better[i] < open.limit && !isNaN[i] && !bands[tail + 1].contains(i) && limit >= open.logProb[i]
    }
    for (index, tail) in tails.enumerated() {
      let own = bands[index + 1]
      /// Of equal classes those of the tail win where they are the lower ones.
      func needs(_ i: Int, isLower: Bool) -> Bool {
        let (limit, logProb) = (limits.values[i * tails.count + index], open.logProb[i])
        return !isNaN[i] && (logProb.isNaN || limit > logProb || (limit == logProb && isLower))
      }
      let firstAfter = open.choose(0..<own.lowerBound) { needs($0, isLower: false) }
      let count = open.choose(own.upperBound..<open.order.count, from: firstAfter) { needs($0, isLower: true) }
      guard count > 0 else { continue }
      for i in 0..<count {
        base[i] = clusters[open.places[i] * tails.count + index]
        bar[i] = open.logProb[open.places[i]]
      }
      let order = UnsafeBufferPointer<Int>(start: open.index, count: count)
      let job = try open.rows.job(tail, order, projected: projected)
      try counter.sum(tail.output, job, threads: open.rows.threads)
      try counter.countOther(
        tail.output, job, first: tail.output.classes, than: bar, max: counter.max, rest: counter.rest, base: base,
        threads: open.rows.threads, areLower: { $0 >= firstAfter })
      for i in 0..<count {
        // Below NaN are all numbers, and of NaN the classes before it.
        let all = counter.hasNumbers(i) || i >= firstAfter ? Int64(tail.output.classes) : 0
        open.better[open.places[i]] += bar[i].isNaN ? all : counter.better[i]
      }
    }
  }
}
