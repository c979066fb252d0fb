/// The sizes of an adaptive head: which classes are in the head, which in each tail, and how wide each tail projects.
///
///     head   [shortlist + tails, inFeatures]        the frequent classes, then one column per tail
///     tail i [tailFeatures[i], inFeatures], then [tailClasses(i).count, tailFeatures[i]], with a bias or without
///
/// A plain head is one without tails: every class is in the shortlist.
///
/// Source: Grave et al., "Efficient softmax approximation for GPUs", and PyTorch's `AdaptiveLogSoftmaxWithLoss`.
public struct AdaptiveHeadLayout: Sendable, Equatable {
  /// The number of features of an input row.
  public let inFeatures: Int
  /// Where each band of classes ends, `nClasses` last, as PyTorch's attribute of the name.
  public let cutoffs: [Int]
  /// The width of each tail's projection.
  public let tailFeatures: [Int]
  /// Whether the head has a bias.
  public let headBias: Bool
  /// Whether every tail's last layer has a bias, `tail.{i}.1.bias`: PyTorch's module has none, Transformer-XL's does.
  public let tailBias: Bool

  /// The number of classes.
  public var nClasses: Int { cutoffs[cutoffs.count - 1] }
  /// The number of classes in the head.
  public var shortlistSize: Int { cutoffs[0] }
  /// The number of tails; 0 for a plain head.
  public var nClusters: Int { cutoffs.count - 1 }
  /// The number of rows of the head: the shortlist and one per tail.
  public var headSize: Int { shortlistSize + nClusters }

  /// The classes of tail `i`.
  ///
  /// - Precondition: 0 <= i < nClusters.
  public func tailClasses(_ i: Int) -> Range<Int> { cutoffs[i]..<cutoffs[i + 1] }

  /// The names and shapes of the weights, in the order of PyTorch's state dict.
  public var weightShapes: [(name: String, shape: [Int])] {
    var shapes = [("head.weight", [headSize, inFeatures])]
    if headBias { shapes.append(("head.bias", [headSize])) }
    for i in 0..<nClusters {
      shapes.append(("tail.\(i).0.weight", [tailFeatures[i], inFeatures]))
      shapes.append(("tail.\(i).1.weight", [tailClasses(i).count, tailFeatures[i]]))
      if tailBias { shapes.append(("tail.\(i).1.bias", [tailClasses(i).count])) }
    }
    return shapes
  }

  /// The band of a class: 0 for the shortlist, i + 1 for tail i.
  func band(of target: Int) -> Int {
    var band = 0
    while cutoffs[band] <= target { band += 1 }
    return band
  }

  init(inFeatures: Int, cutoffs: [Int], tailFeatures: [Int], headBias: Bool, tailBias: Bool) {
    self.inFeatures = inFeatures
    self.cutoffs = cutoffs
    self.tailFeatures = tailFeatures
    self.headBias = headBias
    self.tailBias = tailBias
  }
}
