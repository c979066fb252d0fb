import TestSupport
import Testing

@testable import AdaptiveSoftmax

@Suite struct PackedLinearTests {
  @Test(arguments: [(1, 1), (31, 5), (32, 16), (33, 17), (100, 64), (4, 0), (0, 4)])
  func unpacksWhatWasPacked(classes: Int, depth: Int) throws {
    try check(classes, depth, Float.self)
    try check(classes, depth, Double.self)
    try check(classes, depth, Float16.self)
    try check(classes, depth, BFloat16.self)
  }

  private func check<Scalar: FloatingTensorScalar>(_ classes: Int, _ depth: Int, _: Scalar.Type) throws {
    let weight = Inputs.tensor(.spread, [classes, depth], as: Scalar.self)
    let bias = Inputs.tensor(.normal, [classes], seed: 2, as: Scalar.self)
    let packed = try PackedLinear(weight, bias: bias)
    #expect(packed.classes == classes && packed.depth == depth && packed.hasBias)
    #expect(try bitDifference(packed.unpackWeight(as: Scalar.self), weight) == nil)
    let unpacked = try #require(try packed.unpackBias(as: Scalar.self))
    #expect(bitDifference(unpacked, bias) == nil)
    #expect(try PackedLinear(weight).unpackBias(as: Scalar.self) == nil)
  }

  @Test func packsRowsThatLieApart() throws {
    let wide = Inputs.tensor(.normal, [9, 7], as: Float.self)
    let packed = try wide.withUnsafeBufferPointer {
      try PackedLinear(
        weight: UnsafeRawBufferPointer($0), stride: 7, from: .float32, classes: 9, depth: 4, computingIn: .float64)
    }
    let weight = try packed.unpackWeight(as: Float.self)
    for c in 0..<9 { for k in 0..<4 { #expect(weight[c, k] == wide[c, k]) } }
  }

  @Test func refusesShortBuffers() throws {
    let values = [Float](repeating: 0, count: 12)
    func pack(classes: Int, depth: Int, stride: Int? = nil, bias: Int? = nil) throws {
      try values.withUnsafeBytes { bytes in
        _ = try PackedLinear(
          weight: bytes, stride: stride, bias: bias.map { UnsafeRawBufferPointer(rebasing: bytes.prefix(4 * $0)) },
          from: .float32, classes: classes, depth: depth, computingIn: .float32)
      }
    }
    try pack(classes: 3, depth: 4, bias: 3)
    try pack(classes: 2, depth: 4, stride: 8)
    expectRefusal(.shape, "expected weights of shape [3, 5]") { try pack(classes: 3, depth: 5) }
    expectRefusal(.shape, "expected weights of shape [3, 4] (rows 5 apart)") {
      try pack(classes: 3, depth: 4, stride: 5)
    }
    expectRefusal(.shape, "expected weights of shape [3, 4] (rows 3 apart)") {
      try pack(classes: 3, depth: 4, stride: 3)
    }
    expectRefusal(.shape, "expected weights of shape [-1, 4]") { try pack(classes: -1, depth: 4) }
    expectRefusal(.shape, "expected weights of shape [") { try pack(classes: .max, depth: 1, stride: .max) }
    expectRefusal(.shape, "expected a bias of shape [3], found [2]") { try pack(classes: 3, depth: 4, bias: 2) }
  }

  @Test func largeScratchIsGivenBack() throws {
    try CallScratch.with { (scratch) throws(SoftmaxError) in
      _ = try scratch.take(UInt8.self, CallScratch.mostKept + 1)
      _ = try scratch.take(UInt8.self, 100)
    }
    #expect((100...CallScratch.mostKept).contains(CallScratch.largestKept))

    let row = [Float](repeating: 0, count: CallScratch.mostKept / 32 + 1)  // 32 bytes of scratch for each
    var drawn: [Int64] = [-1]
    try drawFromNucleus(
      row, rows: 1, columns: row.count, slope: 1, share: 0.5, [0.25], draws: 1, into: &drawn, threads: 1)
    #expect((0..<row.count / 2).contains(Int(drawn[0])))
    #expect(Workspace.largestKept <= CallScratch.mostKept)
  }

  @Test(arguments: [1, 8, 9, 20]) func weightedSumsAddTheRows(_ depth: Int) throws {
    let weight = Inputs.tensor(.normal, [70, depth], as: Float.self)
    let bias = Inputs.tensor(.normal, [70], seed: 4, as: Float.self)
    let factors = (0..<70).map { Double($0 % 4) }
    let packed = try PackedLinear(weight, bias: bias)
    for w in [nil, factors] {
      let sums = packed.weightedSums(w)
      func factor(_ c: Int) -> Double { w?[c] ?? 1 }
      #expect(sums.unit == 0x1p-7)
      #expect(128 * sums.total.value == (0..<70).reduce(0) { $0 + factor($1) })
      #expect(128 * sums.bias.value == (0..<70).reduce(0) { $0 + factor($1) * Double(bias[$1]) })
      for k in 0..<8 * sums.weight.count {
        let expected = k < depth ? (0..<70).reduce(0) { $0 + factor($1) * Double(weight[$1, k]) } : 0
        #expect(128 * sums.weight[k / 8].value[k % 8] == expected)
      }
    }
  }
}
