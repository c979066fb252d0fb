/// What happens to the logits of a linear layer before anything else is made of them.
///
///     logit = softcap tanh(scale x / softcap)        x = weight hidden + bias
struct LogitShape: Sendable, Equatable {
  let scale: Double
  /// 0 for none.
  let softcap: Double

  /// Logits as the layer gives them.
  static let plain = LogitShape()

  private init() { (scale, softcap) = (1, 0) }

  /// - Throws: `SoftmaxError` (`argument`) unless both are positive, normal numbers of `Scalar`.
  init<Scalar: ComputingScalar>(scale: Double, softcap: Double?, as: Scalar.Type) throws(SoftmaxError) {
    func check(_ name: String, _ value: Double, _ mend: String) throws(SoftmaxError) {
      guard !Scalar(value).isNormal || value <= 0 else { return }
      throw SoftmaxError(
        .argument, "\(name) should be a positive number that \(Scalar.dtypeName) holds, found \(value); \(mend)")
    }
    try check("logitScale", scale, "write 1 for logits as they are")
    if let softcap { try check("softcap", softcap, "leave it out for logits without a bound") }
    self.scale = scale
    self.softcap = softcap ?? 0
  }
}
