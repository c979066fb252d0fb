extension AdaptiveLogSoftmaxWithLoss {
  /// Draws from the k best classes, or from the nucleus within them.
  func sampleBest(
    _ rows: AdaptiveRows<Scalar>, _ k: Int, _ sampling: Sampling, into output: UnsafeMutablePointer<Int64>
  ) throws(SoftmaxError) {
    try forEachSummed(of: rows, k, slope: sampling.slope) { (row, ids, _, sums, place) in
      let count = sampling.topP.map { sums.count(place, reaching: $0 * sums.total(place)) } ?? k
      draw(sums, place, of: count, ids, sampling, row: row, into: output)
    }
  }

  /// Draws from the nucleus of all classes: found among the 64 best where they hold it, else among all.
  func sampleNucleus(
    _ rows: AdaptiveRows<Scalar>, _ p: Double, _ sampling: Sampling, into output: UnsafeMutablePointer<Int64>
  ) throws(SoftmaxError) {
    // At another temperature the sum over all classes is not known beforehand.
    var wide = sampling.temperature == 1 ? [] : Array(0..<rows.count)
    if sampling.temperature == 1 {
      try forEachSummed(of: rows, min(64, nClasses), slope: 1) { (row, ids, best, sums, place) in
        // The sum over all classes, in units of the best one's probability.
        let target = p / best
        if sums.total(place) >= target {
          draw(sums, place, of: sums.count(place, reaching: target), ids, sampling, row: row, into: output)
        } else {
          wide.append(row)
        }
      }
    }
    try sampleNucleus(wide, of: rows, p, sampling, output)
  }

  /// Hands the k best classes of each row to `body`: the row, its classes, the probability of the first, and the running
  /// sums with the row's place in them.
  private func forEachSummed(
    of rows: AdaptiveRows<Scalar>, _ k: Int, slope: Double,
    _ body: (Int, UnsafePointer<Int64>, Double, RunningSums, Int) -> Void
  ) throws(SoftmaxError) {
    try forEachBest(of: rows, k) { (best, range) throws(SoftmaxError) in
      fillWithNaN(best)
      try CallScratch.with { (scratch) throws(SoftmaxError) in
        var sums = try RunningSums(best.rows * k, scratch)
        let first = try scratch.take(Double.self, best.rows)
        try sums.fill(best.logProbs, rows: best.rows, columns: k, slope: slope, threads: rows.threads)
        for row in 0..<best.rows { first[row] = Double(best.logProbs[row * k]) }
        try exponentials(inPlace: first, count: best.rows, threads: 1)
        for row in 0..<best.rows { body(range.lowerBound + row, best.ids + row * k, first[row], sums, row) }
      }
    }
  }

  /// Writes a row's draws from the first `count` classes; -1 where their sums are not numbers.
  private func draw(
    _ sums: RunningSums, _ place: Int, of count: Int, _ ids: UnsafePointer<Int64>, _ sampling: Sampling, row: Int,
    into output: UnsafeMutablePointer<Int64>
  ) {
    for draw in 0..<sampling.count {
      let found = sums.pick(place, at: sampling.generator.uniforms(row: row, draw: draw).0, of: count)
      output[row * sampling.count + draw] = found.map { ids[$0.entry] } ?? -1
    }
  }

  /// Draws from the nucleus of the rows that `list` names, from all of their log-probabilities.
  private func sampleNucleus(
    _ list: [Int], of rows: AdaptiveRows<Scalar>, _ p: Double, _ sampling: Sampling,
    _ output: UnsafeMutablePointer<Int64>
  ) throws(SoftmaxError) {
    guard let base = rows.base, !list.isEmpty else { return }
    let width = inFeatures * rows.type.size
    let draws = sampling.count
    let size = min(256, max(1, (16 << 20) / (nClasses * MemoryLayout<Scalar>.stride + draws * 16)))
    for start in stride(from: 0, to: list.count, by: size) {
      let block = list[start..<min(start + size, list.count)]
      try CallScratch.with { (scratch) throws(SoftmaxError) in
        let input = try scratch.take(UInt8.self, block.count * width)
        let logProbs = try scratch.take(Scalar.self, block.count * nClasses)
        let u = try scratch.take(Double.self, block.count * draws)
        let drawn = try scratch.take(Int64.self, block.count * draws)
        for (i, row) in block.enumerated() {
          UnsafeMutableRawPointer(input + i * width).copyMemory(from: base + row * width, byteCount: width)
          for draw in 0..<draws { u[i * draws + draw] = sampling.generator.uniforms(row: row, draw: draw).0 }
        }
        let copies = AdaptiveRows<Scalar>(
          base: input, type: rows.type, inFeatures: inFeatures, count: block.count, threads: rows.threads)
        try logProb(copies, into: logProbs, scratch)
        try drawFromNucleus(
          logProbs, rows: block.count, columns: nClasses, slope: sampling.slope, share: p, u, draws: draws, into: drawn,
          threads: rows.threads)
        for (i, row) in block.enumerated() { (output + row * draws).update(from: drawn + i * draws, count: draws) }
      }
    }
  }
}
