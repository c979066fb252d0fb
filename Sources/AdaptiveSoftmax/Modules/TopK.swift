/// The k best classes of each row, best first, and how much of the head was computed to find them.
///
///     var best = try head.topK(hidden, k: 10)               // hidden [rows, inFeatures]
///     print(best.ids[0, 0], best.logProbs[0, 0])            // the most probable class of row 0
///     try head.topK(more, k: 10, into: &best)               // the same tensors again
public struct TopK<Scalar: ComputingScalar>: Sendable, Equatable {
  /// [..., k]: class ids, the greatest log-probability first, the lowest id first where they tie.
  public var ids = Tensor<Int64>([])
  /// [..., k]: their log-probabilities, the bits that `logProb` gives.
  public var logProbs = Tensor<Scalar>([])
  /// What was computed for all rows together.
  public internal(set) var tiles = TileCount()

  /// No rows: something to hand to an `into:` form.
  public init() {}
}

/// How many class tiles of the head and its tails were computed, and how many could be left out.
///
/// A tile is one row over 256 consecutive classes (or what is left of them) of the head's or a tail's last layer, so that
/// the counts do not depend on how rows were batched; `computed + skipped` is the rows times the tiles of a row.
public struct TileCount: Sendable, Equatable {
  /// The tiles whose logits were computed.
  public internal(set) var computed = 0
  /// The tiles that could hold none of the k best.
  public internal(set) var skipped = 0
  /// The part of all tiles that was skipped, in 0...1; 0 for no tiles.
  public var skippedShare: Double { skipped == 0 ? 0 : Double(skipped) / Double(computed + skipped) }
}
