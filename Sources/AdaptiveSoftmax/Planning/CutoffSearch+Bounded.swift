extension CutoffSearch {
  /// The quickest path with at most `maxParameters` parameters.
  ///
  /// First a price of a parameter in seconds is sought by bisection, the least at which the cheapest path keeps the bound:
  /// that gives a good path, and for every state a lower bound of what must follow. Then all paths are built from the
  /// front, tail by tail; one is dropped when another to the same state is neither slower nor larger, or when what must
  /// follow makes it larger than allowed or slower than the path known.
  func bounded(clusters: Int, maxParameters: Int) -> Path? {
    let limit = Double(maxParameters)
    let size = Price(second: 0, parameter: 1)
    let smallest = rest(clusters: clusters, size)
    guard var best = path(clusters: clusters, size, smallest), best.parameters <= maxParameters else { return nil }

    var price = Price(second: 1, parameter: best.seconds / limit)
    var rest = self.rest(clusters: clusters, price)
    var low = 0.0, high: Double?
    for _ in 0..<60 {
      guard let found = path(clusters: clusters, price, rest) else { break }  // times beyond what prices can express
      if found.parameters <= maxParameters {
        if found.seconds < best.seconds { best = found }
        high = price.parameter
      } else {
        low = price.parameter
      }
      price = Price(second: 1, parameter: high.map { (low + $0) / 2 } ?? 2 * low)
      rest = self.rest(clusters: clusters, price)
    }

    var labels: [Label] = []
    /// The labels of the tail in turn, by the boundary at which it begins.
    var front = [[Int]](repeating: [], count: ends.count)
    func keeps(_ label: Label, tail: Int) -> Bool {
      label.parameters + smallest.price[tail][label.place] <= limit
        && label.seconds + price.parameter * (label.parameters - limit) + rest.price[tail][label.place]
          <= best.seconds * (1 + 1e-12)
    }
    for l in points.indices where points[l] >= first {
      let label = Label(
        place: l, seconds: headSeconds(l, clusters: clusters), parameters: headParameters(l, clusters: clusters),
        before: nil)
      if keeps(label, tail: 0) {
        front[l] = [labels.count]
        labels.append(label)
      }
    }
    for tail in 0..<clusters {
      var arrivals = [[Label]](repeating: [], count: ends.count)
      for l in points.indices {
        for index in front[l] {
          for r in (l + 1)..<ends.count where (r == ends.count - 1) == (tail == clusters - 1) {
            let label = Label(
              place: r, seconds: labels[index].seconds + seconds(tail: tail, l, r),
              parameters: labels[index].parameters + parameters(tail: tail, l, r), before: index)
            if keeps(label, tail: tail + 1) { arrivals[r].append(label) }
          }
        }
      }
      for r in ends.indices {
        front[r] = []
        var quickest = Double.infinity
        for label in arrivals[r].sorted(by: { ($0.parameters, $0.seconds) < ($1.parameters, $1.seconds) })
        where label.seconds < quickest {
          quickest = label.seconds
          front[r].append(labels.count)
          labels.append(label)
        }
      }
    }
    guard let end = front[ends.count - 1].min(by: { labels[$0].seconds < labels[$1].seconds }),
      labels[end].seconds < best.seconds
    else { return best }
    var places: [Int] = []
    var index = labels[end].before
    while let at = index {
      places.append(labels[at].place)
      index = labels[at].before
    }
    return path(places.reversed())
  }

  /// A path up to a boundary.
  private struct Label {
    let place: Int
    let seconds, parameters: Double
    /// The label it goes on from.
    let before: Int?
  }
}
