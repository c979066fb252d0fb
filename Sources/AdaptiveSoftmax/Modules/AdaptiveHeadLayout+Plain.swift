extension AdaptiveHeadLayout {
  /// The layout of a plain head, [nClasses, inFeatures]: a shortlist of all classes and no tails.
  ///
  /// - Throws: `SoftmaxError` (`weights`) where a size is 0.
  init(inFeatures: Int, nClasses: Int, headBias: Bool) throws(SoftmaxError) {
    guard inFeatures > 0, nClasses > 0 else {
      throw SoftmaxError(
        .weights, "expected weights of shape [classes, features], each at least 1, found [\(nClasses), \(inFeatures)]")
    }
    self.init(inFeatures: inFeatures, cutoffs: [nClasses], tailFeatures: [], headBias: headBias, tailBias: false)
  }

  /// The layout of the plain head that two tensors of a source make.
  ///
  /// - Parameters:
  ///   - weights: every tensor of the source; the others are not looked at.
  ///   - weight: the name of a [classes, features] tensor, such as `lm_head.weight`.
  ///   - bias: the name of a [classes] tensor; nil for none.
  /// - Throws: `SoftmaxError` (`weights`: a missing name, a shape that does not fit, a type that holds no weights).
  public init(weights: [WeightDescription], weight: String, bias: String? = nil) throws(SoftmaxError) {
    let matrix = try Self.find(weight, rank: 2, in: weights)
    guard matrix.shape.count == 2, matrix.shape.allSatisfy({ $0 > 0 }) else {
      throw SoftmaxError(
        .weights,
        "size mismatch for \(weight): expected shape [classes, features], each at least 1, found \(matrix.shape)")
    }
    if let bias {
      let shape = try Self.find(bias, rank: 1, in: weights).shape
      guard shape == [matrix.shape[0]] else {
        throw SoftmaxError(
          .weights, "size mismatch for \(bias): expected shape [\(matrix.shape[0])], found \(shape)")
      }
    }
    try self.init(inFeatures: matrix.shape[1], nClasses: matrix.shape[0], headBias: bias != nil)
  }

  private static func find(
    _ name: String, rank: Int, in weights: [WeightDescription]
  ) throws(SoftmaxError) -> WeightDescription {
    guard let found = weights.first(where: { $0.name == name }) else {
      let names = WeightDescription.candidates(for: name, rank: rank, among: weights)
      throw SoftmaxError(.weights, "Missing key in state_dict: \"\(name)\"; there are \(names)")
    }
    guard found.type != nil else { throw found.wrongType }
    return found
  }
}
