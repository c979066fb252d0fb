/// The sizes of a linear layer, which are checked before its weights are packed.
struct LinearShape {
  let classes: Int
  let features: Int

  /// The layer of weights [classes, features] and a bias [classes].
  ///
  /// - Throws: `SoftmaxError` (`shape`).
  init(weight: [Int], bias: [Int]?) throws(SoftmaxError) {
    guard weight.count == 2 else {
      throw SoftmaxError(.shape, "expected weights of shape [classes, features], found \(weight)")
    }
    if let bias, bias != [weight[0]] {
      throw SoftmaxError(.shape, "expected linear_bias shape [\(weight[0])], got \(bias)")
    }
    self.init(classes: weight[0], features: weight[1])
  }

  init(classes: Int, features: Int) {
    self.classes = classes
    self.features = features
  }

  /// The shape of the rows of `hidden`, [..., features].
  ///
  /// - Throws: `SoftmaxError` (`shape`) for a rank of 0 or another number of features.
  func rows<Scalar>(of hidden: Tensor<Scalar>) throws(SoftmaxError) -> [Int] {
    guard let width = hidden.shape.last else {
      throw SoftmaxError(.shape, "expected input with dimensionality 1 or more ([..., features]), got 0")
    }
    guard width == features else {
      throw SoftmaxError(
        .shape,
        "expected equal input and linear_weight last dimensions (in_features), got \(width) and \(features), respectively"
      )
    }
    return Array(hidden.shape.dropLast())
  }
}
