/// How far an answer may be from the reference, as one number per element.
///
/// `ulp` is the spacing of the type that is computed in; `m` the largest magnitude that enters the answer. PyTorch's
/// float64 references are rounded too (its float64 kernels subtract the maximum and sum without compensation), which is
/// what the reference's share is for; against float32 answers it vanishes.
///
/// | operation | bound on the error | why |
/// |---|---|---|
/// | softmax, softmin, softmax2d | 4 ulp(y) + \|x - max\| y u | exp, sum and division; x - max is rounded once, u = half an ulp of 1 |
/// | log_softmax | 4 ulp(y) + d y u | y = (x - max) - log1p(rest), both of one sign; d: mean distance of the terms of rest |
/// | logsumexp | 2 ulp(m), m = max(\|y\|, \|max\|) | max + log1p(rest) may cancel |
/// | nll_loss, cross_entropy | 8 ulp(y) | sums of terms of one sign, accumulated in double; class weights and smoothing multiply twice |
/// | adaptive | 8 ulp(m), m = max(\|y\|, largest sum of \|w x\|) | a logit is a chain of FMAs, of two layers in a tail |
/// | reference's share | 16 float64 ulp(y), or ulp(max(m, 1)) of a logarithm | PyTorch's float64 is off by 8 in sums of 100,000 |
enum Tolerance {
  static let softmax = 4.0
  static let logSoftmax = 4.0
  static let logSumExp = 2.0
  static let loss = 8.0
  static let adaptive = 8.0
  static let reference = 16.0
  /// Against PyTorch's own float32 answers, where no float64 one was recorded: its error comes on top of ours.
  static let torchFloat32 = 16.0

  /// The spacing of `Scalar` at a magnitude, its smallest denormal at least.
  static func ulp<Scalar: BinaryFloatingPoint>(_ magnitude: Double, of type: Scalar.Type) -> Double {
    let rounded = Scalar(magnitude)
    return rounded.isFinite
      ? Double(max(rounded.ulp, .leastNonzeroMagnitude)) : Double(Scalar.greatestFiniteMagnitude.ulp)
  }

  /// What the reference's own rounding may add to a logarithm: PyTorch's has no log1p, so it is relative to 1 at least.
  static func ofReference(_ magnitude: Double) -> Double { reference * max(magnitude, 1).ulp }
}
