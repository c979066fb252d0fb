extension AdaptiveLogSoftmaxWithLoss {
  /// Draws from the k best classes, or from the nucleus within them.
  func sampleBest(
    _ rows: AdaptiveRows<Scalar>, _ k: Int, _ sampling: Sampling, into output: UnsafeMutablePointer<Int64>
  ) throws(SoftmaxError) {
    var masses = RankedMasses()
    try forEachBest(of: rows, k) { (best, range) throws(SoftmaxError) in
      for row in 0..<range.count {
        try masses.weigh(best.logProbs(row), slope: sampling.slope)
        if let p = sampling.topP { _ = masses.cut(to: p * masses.total) }
        masses.draw(best.classes(row), sampling, row: range.lowerBound + row, into: output)
      }
    }
  }

  /// Draws from the nucleus of all classes: found among the 64 best where they hold it, else among all.
  func sampleNucleus(
    _ rows: AdaptiveRows<Scalar>, _ p: Double, _ sampling: Sampling, into output: UnsafeMutablePointer<Int64>
  ) throws(SoftmaxError) {
    // At another temperature the sum over all classes is not known beforehand.
    guard sampling.temperature == 1 else { return try sampleNucleus(Array(0..<rows.count), of: rows, p, sampling, output) }
    var masses = RankedMasses()
    var wide: [Int] = []
    try forEachBest(of: rows, min(64, nClasses)) { (best, range) throws(SoftmaxError) in
      for row in 0..<range.count {
        try masses.weigh(best.logProbs(row), slope: 1)
        if let first = best.logProbs(row).first, try masses.cut(to: p * Self.total(best: first)) {
          masses.draw(best.classes(row), sampling, row: range.lowerBound + row, into: output)
        } else {
          wide.append(range.lowerBound + row)
        }
      }
    }
    try sampleNucleus(wide, of: rows, p, sampling, output)
  }

  /// The same from all log-probabilities of the rows that `list` names.
  private func sampleNucleus(
    _ list: [Int], of rows: AdaptiveRows<Scalar>, _ p: Double, _ sampling: Sampling,
    _ output: UnsafeMutablePointer<Int64>
  ) throws(SoftmaxError) {
    guard let base = rows.base, !list.isEmpty else { return }
    let width = inFeatures * rows.type.size
    let size = min(256, max(1, (16 << 20) / (nClasses * MemoryLayout<Scalar>.stride)))
    for start in stride(from: 0, to: list.count, by: size) {
      let block = list[start..<min(start + size, list.count)]
      try CallScratch.with { (scratch) throws(SoftmaxError) in
        let input = try scratch.take(UInt8.self, block.count * width)
        let logProbs = try scratch.take(Scalar.self, block.count * nClasses)
        let masses = try scratch.take(Double.self, nClasses)
        for (i, row) in block.enumerated() {
          UnsafeMutableRawPointer(input + i * width).copyMemory(from: base + row * width, byteCount: width)
        }
        try logProb(
          AdaptiveRows(
            base: input, type: rows.type, inFeatures: inFeatures, count: block.count, threads: rows.threads),
          into: logProbs, scratch)
        for (i, row) in block.enumerated() {
          let scores = UnsafeBufferPointer(start: logProbs + i * nClasses, count: nClasses)
          try sampleNucleus(scores, row: row, p, sampling, masses, output, threads: rows.threads)
        }
      }
    }
  }

  /// The same from the log-probabilities of one row; `masses` is room for as many.
  private func sampleNucleus(
    _ logProbs: UnsafeBufferPointer<Scalar>, row: Int, _ p: Double, _ sampling: Sampling,
    _ masses: UnsafeMutablePointer<Double>, _ output: UnsafeMutablePointer<Int64>, threads: Int
  ) throws(SoftmaxError) {
    var best = -Scalar.infinity
    for logProb in logProbs where logProb > best { best = logProb }
    var total = try Self.total(best: best)
    if sampling.temperature != 1 {
      for i in logProbs.indices { masses[i] = sampling.slope * Double(logProbs[i] - best) }
      try exponentials(inPlace: masses, count: nClasses, threads: threads)
      total = 0
      for i in logProbs.indices { total += masses[i] }
    }
    var ranked = RankedMasses()
    var classes: [Int64] = []
    // The nucleus mostly lies near the best class: what lies further below is looked at when it must.
    for span in [2, 4, 8, 16, 32, Scalar.infinity] {
      classes.removeAll(keepingCapacity: true)
      for i in logProbs.indices where logProbs[i] >= best - span { classes.append(Int64(i)) }
      classes.sort { a, b in
        let (x, y) = (logProbs[Int(a)], logProbs[Int(b)])
        return x > y || (x == y && a < b)
      }
      try ranked.weigh(classes.lazy.map { logProbs[Int($0)] }, slope: sampling.slope)
      if ranked.cut(to: p * total) { break }
    }
    ranked.draw(classes, sampling, row: row, into: output)
  }

  /// The sum of all probabilities, which is 1, over the greatest.
  private static func total(best logProb: Scalar) throws(SoftmaxError) -> Double {
    var total = -Double(logProb)
    try exponentials(inPlace: &total, count: 1, threads: 1)
    return total
  }
}
