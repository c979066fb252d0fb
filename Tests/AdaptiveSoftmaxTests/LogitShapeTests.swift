import AdaptiveSoftmax
import TestSupport
import Testing

/// Scaled and capped logits: softcap tanh(scale x / softcap).
@Suite struct LogitShapeTests {
  private let weight: Tensor<Float> = Inputs.tensor(.normal, [1100, 12], seed: 21)
  private let bias: Tensor<Float> = Inputs.tensor(.normal, [1100], seed: 22)
  private let x: Tensor<Float> = Inputs.tensor(.normal, [40, 12], seed: 23)

  static let options: [(Double, Double?)] = [(0.0625, nil), (3, nil), (1, 30), (1, 2), (2.5, 5), (1e-3, 1e-3)]

  /// tanh by its own formula in wide numbers.
  private func shaped(_ logit: Wide, _ scale: Double, _ softcap: Double?) -> Wide {
    guard let softcap else { return Wide(scale) * logit }
    let inner = Wide(scale) * logit / Wide(softcap)
    let pair = Oracle.softmax(Exact(shape: [2], [inner, -inner]), dim: 0).values
    return Wide(softcap) * (pair[0] - pair[1])
  }

  @Test(arguments: options)
  func againstTheOracle(_ scale: Double, _ softcap: Double?) throws {
    let head = try LinearHead(weight: weight, bias: bias, logitScale: scale, softcap: softcap)
    let logits = Oracle.linear(Exact(x), weight: Exact(weight), bias: Exact(bias))
    let shaped = Exact(shape: logits.shape, logits.values.map { self.shaped($0, scale, softcap) })
    let expected = Oracle.logSoftmax(shaped, dim: 1).doubles
    let found = try head.logProb(x)
    for (a, b) in zip(found.scalars, expected) { #expect(abs(Double(a) - b) < 1e-5 * max(1, abs(b))) }
    let sums = Oracle.logSumExp(shaped, dims: [1]).doubles
    for (a, b) in zip(try head.logSumExp(x).scalars, sums) { #expect(abs(Double(a) - b) < 1e-5 * max(1, abs(b))) }
    #expect(try head.predict(x).scalars == Oracle.argmax(Exact(found)).map { Int64($0) })
    let y = Tensor(Inputs.classes(1100, count: 40, seed: 1))
    #expect(bitDifference(try head(x, y).output.scalars, (0..<40).map { found[$0, y[$0]] }) == nil)
  }

  @Test(arguments: Runtime.variants.filter(\.runsHere).map(\.name), [1, 3])
  func bits(_ variant: String, _ threads: Int) throws {
    func results(_ threads: Int) throws -> Tensor<Float> {
      try LinearHead(weight: weight, bias: bias, logitScale: 0.7, softcap: 3).logProb(x, threads: threads)
    }
    let scalar = try Runtime.withVariant("scalar") { try results(1) }
    #expect(bitDifference(try Runtime.withVariant(variant) { try results(threads) }, scalar) == nil)
  }

  @Test func noOptionsAreNoWork() throws {
    let plain = try LinearHead(weight: weight, bias: bias).logProb(x)
    #expect(bitDifference(try LinearHead(weight: weight, bias: bias, logitScale: 1).logProb(x), plain) == nil)
  }

  // A capped logit is finite, whatever overflowed before.
  @Test func capsInfinity() throws {
    let head = try LinearHead(weight: Tensor<Float>([[1], [-1], [0]]), softcap: 2)
    let logProb = try head.logProb(Tensor<Float>([[.greatestFiniteMagnitude]]))
    #expect(abs(logProb[0, 0] - logProb[0, 1] - 4) < 1e-6)
  }

  @Test func refusals() {
    for wrong in [0, -1, .nan, .infinity, 1e-60] {
      expectRefusal(.argument, "logitScale should be a positive number that float32 holds, found \(wrong)") {
        try LinearHead(weight: weight, logitScale: wrong)
      }
      expectRefusal(.argument, "softcap should be a positive number that float32 holds, found \(wrong)") {
        try LinearHead(weight: weight, softcap: wrong)
      }
    }
  }
}
