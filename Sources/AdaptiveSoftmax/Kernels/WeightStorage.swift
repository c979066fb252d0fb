/// What a head's weights are held in while it scores.
public enum WeightStorage: String, Sendable, CaseIterable {
  /// What is computed in: Float or Double. Weights of a narrower type are widened once, exactly.
  case exact = "f32"
  /// BFloat16, rounded to nearest even and widened as the kernels read it: half the memory, and about half the time where
  /// few rows at a time stream the weights through memory. Weights that are BFloat16 already lose nothing.
  case bfloat16 = "bf16"

  /// The type of the packed weights.
  ///
  /// - Throws: `SoftmaxError` (`argument`) for BFloat16 weights of a head that computes in Double.
  func type(computingIn computing: KernelType) throws(SoftmaxError) -> KernelType {
    switch self {
    case .exact: return computing
    case .bfloat16:
      guard computing == .float32 else {
        throw SoftmaxError(
          .argument, "bfloat16 weights go with Float, found a head that computes in Double; use .exact")
      }
      return .bfloat16
    }
  }
}
