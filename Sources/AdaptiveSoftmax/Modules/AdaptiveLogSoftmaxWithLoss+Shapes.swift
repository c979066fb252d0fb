extension AdaptiveLogSoftmaxWithLoss {
  /// The shape of the rows of an input [..., inFeatures].
  func rowShape<Input>(_ input: Tensor<Input>) throws(SoftmaxError) -> [Int] {
    guard let width = input.shape.last, width == inFeatures else {
      throw SoftmaxError(.shape, "expected inputs of shape [..., \(inFeatures)], found \(input.shape)")
    }
    return Array(input.shape.dropLast())
  }

  /// PyTorch's checks in PyTorch's order, for targets of any rank.
  func checkShapes<Input, Target>(_ input: Tensor<Input>, _ target: Tensor<Target>) throws(SoftmaxError) {
    if target.rank > 0, input.shape.first != target.shape[0] {
      throw SoftmaxError(
        .shape,
        "Input and target should have the same size in the batch dimension. Found input \(input.shape) and target "
          + "\(target.shape)")
    }
    guard input.rank == target.rank + 1 else {
      throw SoftmaxError(
        .shape,
        "\(target.rank)D target tensor expects \(target.rank + 1)D input tensors, but found inputs with size "
          + "\(input.shape)")
    }
    guard try rowShape(input) == target.shape else {
      throw SoftmaxError(
        .shape, "expected a target of shape \(input.shape.dropLast()) for inputs \(input.shape), found \(target.shape)")
    }
  }

  /// Every target but the ignored ones must be a class.
  func checkValues<Target: IndexTensorScalar>(_ target: Tensor<Target>, ignoring ignoreIndex: Int?) throws(SoftmaxError)
  {
    guard let (least, greatest) = rangeBeyondClasses(target, ignoring: ignoreIndex) else { return }
    throw SoftmaxError(
      .target,
      "Target values should be in [0, \(nClasses - 1)], but values in range [\(least), \(greatest)] were found. "
        + (ignoreIndex.map { "Rows with target \($0) were ignored" } ?? "Rows to leave out take an ignoreIndex"))
  }

  /// Every one of them must be a class.
  func check(classes: Tensor<some IndexTensorScalar>) throws(SoftmaxError) {
    guard let (least, greatest) = rangeBeyondClasses(classes, ignoring: nil) else { return }
    throw SoftmaxError(
      .target,
      "expected classes in [0, \(nClasses - 1)], found values in range [\(least), \(greatest)]; a place to leave out "
        + "takes any class")
  }

  /// The least and the greatest of the ids that do not count as ignored, where one of them is no class.
  private func rangeBeyondClasses<Index: IndexTensorScalar>(_ ids: Tensor<Index>, ignoring ignoreIndex: Int?) -> (
    Index, Index
  )? {
    ids.withUnsafeBufferPointer { ids in
      var least: Index?
      var greatest: Index?
      for id in ids where ignoreIndex == nil || id != ignoreIndex! {
        least = min(least ?? id, id)
        greatest = max(greatest ?? id, id)
      }
      guard let least, let greatest, least < 0 || greatest >= nClasses else { return nil }
      return (least, greatest)
    }
  }
}
