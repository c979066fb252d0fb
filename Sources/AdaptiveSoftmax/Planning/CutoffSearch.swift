/// The best boundaries among candidates, by dynamic programming over (tail, boundary).
///
/// The width of a tail depends on its number, so that a state is the number of the tail that begins at a boundary:
///
///     rest[i][l] = min over r > l of  tail(i, l..<r) + rest[i + 1][r],      rest[clusters][nClasses] = 0
///     total      = min over l of  head(l + clusters) + rest[0][l]
struct CutoffSearch {
  /// Cutoffs with the expected seconds of a batch.
  struct Path {
    let cutoffs: [Int]
    let seconds: Double
    let parameters: Int
  }

  /// The candidates, increasing, each in 1 ..< nClasses.
  let points: [Int]
  /// The least first cutoff.
  let first: Int
  let costs: PartCosts
  /// The candidates and, last, the number of classes.
  let ends: [Int]
  /// [clusters]: [ends, ends], the seconds of a tail from one boundary to another.
  private let tails: [[Double]]

  init(_ costs: PartCosts, points: [Int], clusters: Int, from first: Int) {
    self.points = points
    self.first = first
    self.costs = costs
    let ends = points + [costs.frequencies.count]
    var tails = [[Double]](repeating: [Double](repeating: .infinity, count: ends.count * ends.count), count: clusters)
    var rows = BinomialRows(trials: costs.batch)
    for l in points.indices {
      for r in (l + 1)..<ends.count {
        let seconds = costs.tails(0..<clusters, classes: ends[l]..<ends[r], rows: &rows)
        for i in 0..<clusters { tails[i][l * ends.count + r] = seconds[i] }
      }
    }
    self.ends = ends
    self.tails = tails
  }

  func seconds(tail i: Int, _ l: Int, _ r: Int) -> Double { tails[i][l * ends.count + r] }

  func parameters(tail i: Int, _ l: Int, _ r: Int) -> Double {
    Double(costs.widths[i]) * Double(costs.inFeatures + ends[r] - ends[l])
  }

  func headSeconds(_ l: Int, clusters: Int) -> Double { costs.head(classes: ends[l] + clusters) }

  func headParameters(_ l: Int, clusters: Int) -> Double { Double(costs.inFeatures) * Double(ends[l] + clusters) }

  /// What a path is the least of: weights of its seconds and of its parameters.
  struct Price {
    let second: Double
    let parameter: Double
  }

  /// The least price of all that follows a boundary, for each tail and boundary [clusters + 1, ends], and how to go on.
  struct Rest {
    var price: [[Double]]
    var next: [[Int]]
  }

  func rest(clusters: Int, _ price: Price) -> Rest {
    let count = ends.count
    var rest = Rest(
      price: [[Double]](repeating: [Double](repeating: .infinity, count: count), count: clusters + 1),
      next: [[Int]](repeating: [Int](repeating: count - 1, count: count), count: clusters))
    rest.price[clusters][count - 1] = 0
    for i in (0..<clusters).reversed() {
      for l in points.indices {
        for r in (l + 1)..<count where rest.price[i + 1][r] < .infinity {
          let total =
            price.second * seconds(tail: i, l, r) + price.parameter * parameters(tail: i, l, r) + rest.price[i + 1][r]
          if total < rest.price[i][l] {
            rest.price[i][l] = total
            rest.next[i][l] = r
          }
        }
      }
    }
    return rest
  }

  /// The path of least price, and that price; nil where there are fewer candidates than tails.
  func path(clusters: Int, _ price: Price, _ rest: Rest) -> Path? {
    var best: (price: Double, l: Int)?
    for l in points.indices where points[l] >= first && rest.price[0][l] < .infinity {
      let total =
        price.second * headSeconds(l, clusters: clusters) + price.parameter * headParameters(l, clusters: clusters)
        + rest.price[0][l]
      if best == nil || total < best!.price { best = (total, l) }
    }
    guard var l = best?.l else { return nil }
    var places: [Int] = []
    for i in 0..<clusters {
      places.append(l)
      l = rest.next[i][l]
    }
    return path(places)
  }

  /// The path through these candidates.
  func path(_ places: [Int]) -> Path {
    var seconds = headSeconds(places[0], clusters: places.count)
    var parameters = headParameters(places[0], clusters: places.count)
    for (i, l) in places.enumerated() {
      let r = i + 1 < places.count ? places[i + 1] : ends.count - 1
      seconds += self.seconds(tail: i, l, r)
      parameters += self.parameters(tail: i, l, r)
    }
    return Path(cutoffs: places.map { ends[$0] }, seconds: seconds, parameters: Int(parameters))
  }

  /// The quickest path, of those with at most `maxParameters` parameters where that is given; nil for none.
  func best(clusters: Int, maxParameters: Int?) -> Path? {
    let time = Price(second: 1, parameter: 0)
    guard let quickest = path(clusters: clusters, time, rest(clusters: clusters, time)) else { return nil }
    guard let maxParameters, quickest.parameters > maxParameters else { return quickest }
    return bounded(clusters: clusters, maxParameters: maxParameters)
  }

  /// The fewest parameters that any path has.
  func leastParameters(clusters: Int) -> Int? {
    let size = Price(second: 0, parameter: 1)
    return path(clusters: clusters, size, rest(clusters: clusters, size))?.parameters
  }

  /// The seconds of the quickest path through each first cutoff.
  func byFirstCutoff(clusters: Int) -> [(cutoff: Int, seconds: Double)] {
    let rest = rest(clusters: clusters, Price(second: 1, parameter: 0))
    return points.indices.filter { points[$0] >= first && rest.price[0][$0] < .infinity }.map {
      (points[$0], headSeconds($0, clusters: clusters) + rest.price[0][$0])
    }
  }
}
