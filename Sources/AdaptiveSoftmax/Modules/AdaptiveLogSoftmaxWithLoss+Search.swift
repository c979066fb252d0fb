extension AdaptiveLogSoftmaxWithLoss {
  /// Finds the k best classes of a batch: the head first, then, highest limit first, rounds of the tails that can still
  /// hold one of them.
  ///
  /// - Returns: how many tiles, of one row and one block of classes, were computed.
  func search(
    _ rows: AdaptiveRows<Scalar>, _ best: BestClasses<Scalar>, keepsAllLogits: Bool, _ scratch: CallScratch
  ) throws(SoftmaxError) -> Int {
    let count = rows.count
    let nTails = tails.count
    let columns = keepsAllLogits ? largestBand : candidateColumns(best.k)
    var found = try LinearCandidates<Scalar>(
      rows: count, k: best.k, columns: columns, keepsAllLogits: keepsAllLogits, scratch)
    let clusters = try scratch.take(Scalar.self, count * nTails)
    let base = try scratch.take(Scalar.self, count)
    let least = try scratch.take(Scalar.self, count)
    let projected = try scratch.take(Scalar.self, count * widestTail)

    var job = rows.job()
    job.logitsAfter = UnsafeMutableRawPointer(clusters)
    job.afterStride = nTails
    try found.run(head, job, first: layout.shortlistSize, threads: rows.threads)
    try logProbabilities(
      Scalar._kernelType, inPlace: clusters, rows: count, columns: nTails, stride: nTails, max: found.max,
      rest: found.rest, threads: rows.threads)
    try best.enter(found, classes: 0..<layout.shortlistSize, threads: rows.threads)
    for row in 0..<count where !found.hasNumbers(row) { best.setNaN(row) }
    var computed = count * head.tileCount
    let limits = try TailLimits(clusters, rows: count, of: tails, scratch)
    try limits.lower(count, of: rows, projected: projected, scratch) { row, tail, limit in
      best.counts[row] == best.k && best.admits(row, limit, Int64(layout.tailClasses(tail).lowerBound))
    }

    while true {
      let next = try RowBands(count, bands: nTails, scratch) { row in
        nextTail(UnsafeBufferPointer(start: limits.values + row * nTails, count: nTails), best, row)
      }
      guard !next.order.isEmpty else { return computed }
      for (index, tail) in tails.enumerated() where !next[index].isEmpty {
        let order = UnsafeBufferPointer(rebasing: next.order[next[index]])
        for (i, row) in order.enumerated() {
          base[i] = clusters[row * nTails + index]
          least[i] = best.least(row)
          limits.values[row * nTails + index] = .nan  // computed
        }
        let job = try rows.job(tail, order, projected: projected)
        let classes = layout.tailClasses(index)
        try found.run(
          tail.output, job, first: classes.count, base: base, least: least, threads: rows.threads)
        try best.enter(found, rows: order, base: base, classes: classes, threads: rows.threads)
        computed += order.count * tail.output.tileCount
      }
    }
  }

  /// The tail of the highest limit that is not computed yet and can hold a class better than the row's k-th best.
  private func nextTail(_ limits: UnsafeBufferPointer<Scalar>, _ best: BestClasses<Scalar>, _ row: Int) -> Int? {
    var next: Int?
    for i in limits.indices where !limits[i].isNaN && !(next.map { limits[$0] >= limits[i] } ?? false) {
      if best.admits(row, limits[i], Int64(layout.tailClasses(i).lowerBound)) { next = i }
    }
    return next
  }

  /// The most entries that a row has after one pass of a search for the k best.
  func candidateColumns(_ k: Int) -> Int {
    tails.reduce(
      LinearCandidates<Scalar>.columns(k: k, first: layout.shortlistSize, of: layout.headSize)
    ) { most, tail in
      max(most, LinearCandidates<Scalar>.columns(k: k, first: tail.output.classes, of: tail.output.classes))
    }
  }

  /// The number of classes of the shortlist or the largest tail.
  var largestBand: Int { tails.reduce(layout.shortlistSize) { max($0, $1.output.classes) } }

  /// The tiles of the head and of all tails, for one row.
  var tilesPerRow: Int { tails.reduce(head.tileCount) { $0 + $1.output.tileCount } }
}
