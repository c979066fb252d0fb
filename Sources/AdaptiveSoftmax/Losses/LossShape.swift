/// The rows of a loss over classes, whose input is [classes] or [batch, classes, d1, d2, and so on].
struct LossShape {
  let input: [Int]
  let classes: Int
  /// The shape of the target and of the losses: the input's without the classes.
  let rows: [Int]

  /// - Throws: `SoftmaxError` (`shape`) for an input of rank 0, or more rows than an Int can count.
  init(input: [Int]) throws(SoftmaxError) {
    guard let last = input.last else {
      throw SoftmaxError(
        .shape, "Expected 1 or more dimensions (got 0): the input is [classes] or [batch, classes, ...]")
    }
    self.input = input
    classes = input.count == 1 ? last : input[1]
    rows = input.count == 1 ? [] : [input[0]] + input.dropFirst(2)
    _ = try Tensor<UInt8>.count(of: rows)
  }

  /// The input as [outer, classes, inner]; the input is not empty.
  var view: Slices { Slices(shape: input, dim: input.count == 1 ? 0 : 1) }

  /// Checks the shape of a target of class ids.
  func checkTarget(_ target: [Int]) throws(SoftmaxError) {
    if input.count == 1 {
      guard target.count <= 1 else { throw Self.multiTarget(target) }
      guard target.isEmpty || target == [1] else {
        throw SoftmaxError(.shape, "For 1D input, 1D target must have size 1, but got target size: \(target[0])")
      }
      return
    }
    guard target.first == input[0] else {
      let found = target.first.map { "target batch_size (\($0))" } ?? "a target batch_size, but the target is 0D"
      throw SoftmaxError(.shape, "Expected input batch_size (\(input[0])) to match \(found).")
    }
    guard input.count > 2 || target.count == 1 else { throw Self.multiTarget(target) }
    guard target == rows else { throw SoftmaxError(.shape, "Expected target size \(rows), got \(target)") }
  }

  /// Checks the shape of the class weights.
  func checkWeight(_ weight: [Int]?) throws(SoftmaxError) {
    guard let weight, weight != [classes] else { return }
    throw SoftmaxError(
      .shape,
      "weight tensor should be defined either for all \(classes) classes or no classes "
        + "but got weight tensor of shape: \(weight)")
  }

  private static func multiTarget(_ target: [Int]) -> SoftmaxError {
    SoftmaxError(.shape, "0D or 1D target tensor expected, multi-target not supported: the target's shape is \(target)")
  }
}

/// - Throws: `SoftmaxError` (`argument`) outside 0 ... 1.
func checkLabelSmoothing(_ value: Double) throws(SoftmaxError) {
  guard (0...1).contains(value) else {
    throw SoftmaxError(.argument, "label_smoothing must be between 0.0 and 1.0. Got: \(value)")
  }
}
