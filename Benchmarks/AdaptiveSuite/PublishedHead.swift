import AdaptiveSoftmax

/// Heads of the sizes of the paper's and its followers' experiments.
struct PublishedHead {
  let name: String
  let features, classes: Int
  let cutoffs: [Int]

  static let text8 = PublishedHead(name: "Text8", features: 512, classes: 44_000, cutoffs: [2000, 10_000])
  static let wikiText103 = PublishedHead(
    name: "WikiText-103", features: 1024, classes: 267_735, cutoffs: [20_000, 60_000, 200_000])
  static let oneBillionWord = PublishedHead(
    name: "One Billion Word", features: 1024, classes: 793_470, cutoffs: [60_000, 100_000, 640_000])

  func make() throws -> AdaptiveLogSoftmaxWithLoss<Float> {
    var generator = SeededGenerator(seed: 3)
    return try AdaptiveLogSoftmaxWithLoss(
      inFeatures: features, nClasses: classes, cutoffs: cutoffs, using: &generator)
  }

  private var headSize: Int { cutoffs[0] + cutoffs.count }

  /// Floating-point operations of one row through the head.
  private var headWork: Double { 2 * Double(features * headSize) }

  /// Floating-point operations of one row through a tail and its projection.
  private func tailWork(_ i: Int) -> Double {
    let width = (0...i).reduce(features) { width, _ in width / 4 }
    let end = i + 1 < cutoffs.count ? cutoffs[i + 1] : classes
    return 2 * Double(width * (features + end - cutoffs[i]))
  }

  /// What scoring these targets takes at least: the head for every row, and the one tail that a rare target is in.
  func work(scoring targets: Tensor<Int64>) -> Double {
    targets.withUnsafeBufferPointer { ids in
      ids.reduce(0) { sum, id in
        let tail = cutoffs.lastIndex { Int(id) >= $0 }
        return sum + headWork + (tail.map { tailWork($0) } ?? 0)
      }
    }
  }

  /// What every log-probability of `rows` rows takes.
  func work(rows: Int) -> Double { Double(rows) * cutoffs.indices.reduce(headWork) { $0 + tailWork($1) } }

  /// The bytes of the weights that one row with a frequent target needs: the head's.
  var headBytes: Double { Double(4 * features * headSize) }
}
