/// What cutoffs must keep beside being quick.
///
/// Time alone puts very few classes into the shortlist and most into tails of a few features; these say how far that may go.
public struct PlanLimits: Sendable, Equatable {
  /// The most weights that the head may have; nil for any number.
  public var maxParameters: Int?
  /// The least share of all occurrences whose class is in the shortlist: 0 for any, below 1.
  public var minShortlistShare: Double
  /// The least width of a tail's projection: at least 1.
  public var minTailFeatures: Int

  /// Limits; those that are left out bind nothing.
  public init(maxParameters: Int? = nil, minShortlistShare: Double = 0, minTailFeatures: Int = 1) {
    self.maxParameters = maxParameters
    self.minShortlistShare = minShortlistShare
    self.minTailFeatures = minTailFeatures
  }
}
