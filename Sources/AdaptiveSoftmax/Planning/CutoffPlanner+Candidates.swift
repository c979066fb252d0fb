extension CutoffPlanner {
  private static let everyBoundaryUpTo = 400
  private static let steps = 160
  private static let quantiles = 96
  private static let closer = 8

  /// Boundaries to begin with: all of them for few classes, else a geometric grid, the quantiles of the frequencies, and
  /// `first`.
  func candidates(with first: Int) -> [Int] {
    guard nClasses > Self.everyBoundaryUpTo else { return Array(1..<nClasses) }
    var points: Set<Int> = first < nClasses ? [first] : []
    // The grid: each boundary is larger than the one before by one factor, at least by 1.
    var low = 1.0, high = 2.0
    while power(high, Self.steps) < Double(nClasses) { high *= 2 }
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if power(middle, Self.steps) < Double(nClasses) { low = middle } else { high = middle }
    }
    var boundary = 1.0
    while Int(boundary) < nClasses {
      points.insert(Int(boundary))
      boundary = max(boundary + 1, boundary * high)
    }
    var next = 1
    for c in 1..<nClasses where frequencies.share[c] * Double(Self.quantiles) >= Double(next) {
      points.insert(c)
      next = Int(frequencies.share[c] * Double(Self.quantiles)) + 1
    }
    return points.sorted()
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }

  /// Searches again among boundaries around the best, until these are next to each other.
  ///
  /// Each time they lie between the neighbours of the time before. The best so far is always among them.
  func refine(
    _ coarse: CutoffSearch.Path, from search: CutoffSearch, _ costs: PartCosts, maxParameters: Int?
  ) -> CutoffPlan.Choice {
    var best = coarse
    var points = search.points
    while true {
      var closer: Set<Int> = []
      for cutoff in best.cutoffs {
        let place = points.firstIndex(of: cutoff)!
        let from = place > 0 ? points[place - 1] : 0
        let to = place + 1 < points.count ? points[place + 1] : nClasses
        if from < search.first, search.first < cutoff { closer.insert(search.first) }
        for step in 0...Self.closer {
          closer.insert(from + (cutoff - from) * step / Self.closer)
          closer.insert(cutoff + (to - cutoff) * step / Self.closer)
        }
      }
      // A head whose rows fill their panels costs less than one with a row more: such boundaries are tried too.
      for boundary in closer {
        closer.insert(Int(LinearCostModel.padded(boundary + best.cutoffs.count)) - best.cutoffs.count)
      }
      closer = closer.filter { (1..<nClasses).contains($0) }
      let next = closer.sorted()
      let local = CutoffSearch(costs, points: next, clusters: best.cutoffs.count, from: search.first)
      let found = local.best(clusters: best.cutoffs.count, maxParameters: maxParameters)
      let isBetter = (found?.seconds ?? .infinity) < best.seconds
      if let found, isBetter { best = found }
      let isFine = best.cutoffs.allSatisfy { cutoff in
        let place = next.firstIndex(of: cutoff)!
        return (place == 0 || cutoff - next[place - 1] == 1)
          && (place == next.count - 1 || next[place + 1] - cutoff == 1)
      }
      points = next
      if isFine, !isBetter { break }
    }
    return choice(best)
  }
}
