extension AdaptiveLogSoftmaxWithLoss {
  /// Draws from all classes: first the tail, or the group of the shortlist, then the group of the tail, then the class.
  func sampleAll(
    _ rows: AdaptiveRows<Scalar>, _ sampling: Sampling, into output: UnsafeMutablePointer<Int64>
  ) throws(SoftmaxError) {
    let widest = tails.map(\.output.classes).max() ?? 0
    // Draws beyond this many at once are made in further passes.
    let draws = min(sampling.count, 1 << 14)
    let scratchPerRow =
      GroupMasses<Scalar>.bytes(classes: layout.shortlistSize, extra: tails.count)
      + GroupMasses<Scalar>.bytes(classes: widest, extra: 0)
      + (widestTail + tails.count) * MemoryLayout<Scalar>.stride + tails.count * 8
      + draws * 3 * MemoryLayout<ClassPick>.stride + 64
    try rows.forEachBatch(scratchPerRow: scratchPerRow) { (batch, range) throws(SoftmaxError) in
      for first in stride(from: 0, to: sampling.count, by: draws) {
        try CallScratch.with { (scratch) throws(SoftmaxError) in
          try sampleAll(
            batch, sampling, firstRow: range.lowerBound, draws: first..<min(first + draws, sampling.count),
            into: output + range.lowerBound * sampling.count, scratch)
        }
      }
    }
  }

  /// Some draws for the rows of one batch.
  private func sampleAll(
    _ rows: AdaptiveRows<Scalar>, _ sampling: Sampling, firstRow: Int, draws: Range<Int>,
    into output: UnsafeMutablePointer<Int64>, _ scratch: CallScratch
  ) throws(SoftmaxError) {
    let shortlist = 0..<layout.shortlistSize
    let groups = GroupMasses<Scalar>.groups(of: shortlist.count)
    let projected = try scratch.take(Scalar.self, rows.count * widestTail)
    let widest = tails.map(\.output.classes).max() ?? 0
    var tailMasses = try GroupMasses<Scalar>(rows: rows.count, classes: widest, scratch)
    let tailWeights = try logWeights(rows, slope: sampling.slope, tailMasses, projected, scratch)
    var masses = try GroupMasses<Scalar>(rows: rows.count, classes: shortlist.count, extra: tails.count, scratch)
    var job = rows.job()
    job.slope = sampling.slope
    try masses.run(head, job, classes: shortlist, extra: tailWeights, extraCount: tails.count, threads: rows.threads)

    // Where each draw falls: a group of the shortlist, or a tail as the group `groups` + i.
    let drawn = try scratch.take(ClassPick.self, rows.count * draws.count)
    var count = 0
    for row in 0..<rows.count {
      for draw in draws {
        let (u, v) = sampling.generator.uniforms(row: firstRow + row, draw: draw)
        let at = row * sampling.count + draw
        guard let (entry, place) = masses.pick(row, at: u) else {
          output[at] = -1
          continue
        }
        drawn[count] = ClassPick(draw: at, row: row, group: entry, place: entry < groups ? place : v)
        count += 1
      }
    }
    let bands = try RowBands(count, bands: groups + tails.count, scratch) { drawn[$0].group }
    let picks = try scratch.take(ClassPick.self, count)
    for (to, from) in bands.order.enumerated() { picks[to] = drawn[from] }
    var picker = try ClassPicker<Scalar>(scratch)
    let inShortlist = groups == 0 ? 0..<0 : 0..<bands[groups - 1].upperBound
    try picker.find(
      UnsafeBufferPointer(start: picks, count: inShortlist.count), head, job, classes: shortlist, first: 0,
      into: output, threads: rows.threads)

    let order = try scratch.take(Int.self, rows.count)
    for (index, tail) in tails.enumerated() {
      let own = bands[groups + index]
      guard !own.isEmpty else { continue }
      try sampleTail(
        tail, first: layout.tailClasses(index).lowerBound, rows, slope: sampling.slope,
        UnsafeMutableBufferPointer(start: picks + own.lowerBound, count: own.count), scratch: drawn, order, projected,
        &tailMasses, &picker, into: output)
    }
  }

  /// Finds the classes of the draws that fell into one tail, in the order of their rows.
  ///
  /// - Parameters:
  ///   - scratch: room for as many picks.
  ///   - order: room for the rows.
  private func sampleTail(
    _ tail: Tail, first: Int, _ rows: AdaptiveRows<Scalar>, slope: Double,
    _ picks: UnsafeMutableBufferPointer<ClassPick>, scratch sorted: UnsafeMutablePointer<ClassPick>,
    _ order: UnsafeMutablePointer<Int>, _ projected: UnsafeMutablePointer<Scalar>,
    _ masses: inout GroupMasses<Scalar>, _ picker: inout ClassPicker<Scalar>, into output: UnsafeMutablePointer<Int64>
  ) throws(SoftmaxError) {
    var count = 0
    for (i, pick) in picks.enumerated() {
      if count == 0 || order[count - 1] != pick.row {
        order[count] = pick.row
        count += 1
      }
      picks[i] = ClassPick(draw: pick.draw, row: count - 1, group: 0, place: pick.place)
    }
    var job = try rows.job(tail, UnsafeBufferPointer(start: order, count: count), projected: projected)
    job.slope = slope
    let classes = 0..<tail.output.classes
    let groups = GroupMasses<Scalar>.groups(of: classes.count)
    var found = picks.count
    if groups > 1 {
      try masses.run(tail.output, job, classes: classes, threads: rows.threads)
      found = 0
      for pick in picks {
        guard let (group, place) = masses.pick(pick.row, at: pick.place) else {
          output[pick.draw] = -1
          continue
        }
        picks[found] = ClassPick(draw: pick.draw, row: pick.row, group: group, place: place)
        found += 1
      }
    }
    try CallScratch.with { (scratch) throws(SoftmaxError) in
      let bands = try RowBands(found, bands: groups, scratch) { picks[$0].group }
      for (to, from) in bands.order.enumerated() { sorted[to] = picks[from] }
    }
    try picker.find(
      UnsafeBufferPointer(start: sorted, count: found), tail.output, job, classes: classes, first: first, into: output,
      threads: rows.threads)
  }

  /// The logarithm of each tail's mass beside the shortlist's logits times `slope`, [rows, tails].
  ///
  /// With h the head's logit of the tail and t_c its classes' logits, the masses sum_c exp(slope (h + t_c - lse(t))) give
  ///
  ///     slope h + lse(slope t) - slope lse(t)        which is h for a slope of 1
  private func logWeights(
    _ rows: AdaptiveRows<Scalar>, slope: Double, _ partial: GroupMasses<Scalar>,
    _ projected: UnsafeMutablePointer<Scalar>, _ scratch: CallScratch
  ) throws(SoftmaxError) -> UnsafePointer<Double> {
    let nTails = tails.count
    let weights = try scratch.take(Double.self, rows.count * nTails)
    let logits = try scratch.take(Scalar.self, rows.count * nTails)
    guard nTails > 0 else { return UnsafePointer(weights) }
    let first = layout.shortlistSize / PackedLinear.sliceStep * PackedLinear.sliceStep
    var job = rows.job()
    job.split = layout.shortlistSize - first
    job.logitsAfter = UnsafeMutableRawPointer(logits)
    job.afterStride = nTails
    try head.run(job, classes: first..<layout.headSize, threads: rows.threads)
    for i in 0..<rows.count * nTails { weights[i] = slope * Double(logits[i]) }
    guard slope != 1 else { return UnsafePointer(weights) }

    let wide = try scratch.take(Double.self, rows.count)
    for (index, tail) in tails.enumerated() {
      var job = try rows.job(tail, projected: projected)
      job.max = UnsafeMutableRawPointer(partial.max)
      job.rest = partial.rest
      for (slope, factor) in [(1, -slope), (slope, 1)] {
        job.slope = slope
        try tail.output.run(job, threads: rows.threads)
        for row in 0..<rows.count { wide[row] = Double(partial.max[row]) }
        try logSumExp(.float64, max: wide, rest: partial.rest, into: wide, rows: rows.count)
        for row in 0..<rows.count { weights[row * nTails + index] += factor * wide[row] }
      }
    }
    return UnsafePointer(weights)
  }
}
