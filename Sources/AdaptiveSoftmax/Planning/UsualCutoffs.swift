/// Cutoffs that people take when they do not plan: the published ones, or those in proportion.
public struct UsualCutoffs: Sendable, Equatable {
  /// Where the shortlist and the tails but the last end.
  public let cutoffs: [Int]
  /// Where they come from, in words.
  public let source: String

  private static let published: [(name: String, classes: Int, cutoffs: [Int])] = [
    ("Text8", 44_000, [2_000, 10_000]),
    ("WikiText-103", 267_735, [20_000, 40_000, 200_000]),
    ("One Billion Word", 793_470, [60_000, 100_000, 640_000]),
  ]

  /// The cutoffs published for a vocabulary of this size; for another size those of the nearest (as a ratio), times
  /// classes / its classes.
  ///
  /// - Throws: `SoftmaxError` (`argument`) for fewer than 2 classes.
  ///
  /// Source: Grave et al. 2017 (Text8); the training code of Transformer-XL, Dai et al. 2019 (WikiText-103, One Billion
  /// Word).
  public init(classes: Int) throws(SoftmaxError) {
    guard classes >= 2 else {
      throw SoftmaxError(.argument, "expected at least 2 classes, so that a cutoff fits below them, found \(classes)")
    }
    func ratio(_ other: Int) -> Double { Double(max(classes, other)) / Double(min(classes, other)) }
    let nearest = Self.published.min { ratio($0.classes) < ratio($1.classes) }!
    if nearest.classes == classes {
      cutoffs = nearest.cutoffs
      source = "published for \(nearest.name)"
      return
    }
    let scale = Double(classes) / Double(nearest.classes)
    let scaled = nearest.cutoffs.map { min(max(Int((Double($0) * scale).rounded()), 1), classes - 1) }
    cutoffs = Set(scaled).sorted()
    source = "\(nearest.name)'s in proportion"
  }
}
