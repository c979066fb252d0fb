/// The expected time of the parts of an adaptive head, for one batch.
///
/// Scoring runs the head's layer over every row, and a tail's two layers over the rows whose targets are in it, a binomial
/// number of rows that may be 0, in which case the tail costs nothing:
///
///     head(k)      = t(batch, k, features) + callSeconds + batch rowSeconds
///     tail i, p, C = E[t(N, width, features) + t(N, C, width)],        N ~ Binomial(batch, p), t(0) = 0
///
/// Training adds, for each layer, the two products of its backward pass, one with the weights and one with the rows, each of
/// the size of the forward product; the exponentials of the logits once more, to make probabilities of them; and the update
/// of its weights, which reads and writes the weights and writes and reads their gradient whatever the number of rows, four
/// streams of which t(1) is one:
///
///     training(n, C, depth) = t(n, C, depth) + 2 max(0, t(n, C, depth) - e) + e + 4 t(1, C, depth)
///
/// where e = t(n, C, 0), the first slope of t followed down to depth 0, is the exponentials' part of t. A projection has no
/// exponentials to take again.
struct PartCosts {
  let frequencies: ClassFrequencies
  let inFeatures: Int
  let batch: Int
  let purpose: CutoffPlanner.Purpose
  let model: LinearCostModel
  /// The width of each tail.
  let widths: [Int]
  /// Of each tail [batch + 1, classes of the model + 1]: by the number of rows, the seconds of the output layer for each
  /// number of classes of the model, and those of the projection.
  private let tables: [[Double]]

  init(
    frequencies: ClassFrequencies, inFeatures: Int, widths: [Int], batch: Int, purpose: CutoffPlanner.Purpose,
    model: LinearCostModel
  ) {
    self.frequencies = frequencies
    self.inFeatures = inFeatures
    self.batch = batch
    self.purpose = purpose
    self.model = model
    self.widths = widths
    tables = widths.map { width in
      let projections = (0...batch).map { rows -> Double in
        guard width > 0 else { return 0 }
        let nodes = Self.nodes(model, purpose, rows: rows, depth: inFeatures, isProjection: true)
        return LinearCostModel.interpolate(nodes, model.classes, LinearCostModel.padded(width))
      }
      return (0...batch).flatMap {
        Self.nodes(model, purpose, rows: $0, depth: width, isProjection: false) + [projections[$0]]
      }
    }
  }

  /// The seconds of the head's layer, and of what the call takes beside its layers.
  func head(classes: Int) -> Double {
    layer(classes: classes) + model.callSeconds + Double(batch) * model.rowSeconds
  }

  /// The seconds of a layer of all features over all rows of the batch.
  func layer(classes: Int) -> Double {
    let nodes = Self.nodes(model, purpose, rows: batch, depth: inFeatures, isProjection: false)
    return LinearCostModel.interpolate(nodes, model.classes, LinearCostModel.padded(classes))
  }

  /// The expected seconds of the tails `tails` if each of them were to hold the classes `classes`.
  func tails(_ tails: Range<Int>, classes: Range<Int>, rows: inout BinomialRows) -> [Double] {
    rows.set(probability: frequencies.share(classes))
    let columns = model.classes.count + 1
    let padded = LinearCostModel.padded(classes.count)
    return tails.map { tail in
      let nodes = model.classes.indices.map { rows.expectation(of: tables[tail], columns: columns, column: $0) }
      return LinearCostModel.interpolate(nodes, model.classes, padded)
        + rows.expectation(of: tables[tail], columns: columns, column: columns - 1)
    }
  }

  private static func nodes(
    _ model: LinearCostModel, _ purpose: CutoffPlanner.Purpose, rows: Int, depth: Int, isProjection: Bool
  ) -> [Double] {
    let forward = model.nodes(rows: Double(rows), depth: depth)
    guard purpose == .training, rows > 0 else { return forward }
    let stream = model.nodes(rows: 1, depth: depth)
    let exponentials = model.nodes(rows: Double(rows), depth: 0)
    return forward.indices.map {
      let backward = 2 * max(0, forward[$0] - exponentials[$0]) + (isProjection ? 0 : exponentials[$0])
      return forward[$0] + backward + 4 * stream[$0]
    }
  }
}
