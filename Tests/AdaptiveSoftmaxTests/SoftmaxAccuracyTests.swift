import AdaptiveSoftmax
import TestSupport
import Testing

/// The softmax family against the oracle, in units in the last place of the result.
@Suite struct SoftmaxAccuracy {
  /// Exponentials of -inf are 0, however many there are, in short rows, chunks and across memory.
  @Test(arguments: [9, 417, 5000]) func masksAddNothing(n: Int) throws {
    func sums<Scalar: FloatingTensorScalar & BinaryFloatingPoint>(_: Scalar.Type) throws -> [Scalar] {
      var x = try Tensor<Scalar>(shape: [20, n], scalars: [Scalar](repeating: -.infinity, count: 20 * n))
      for r in 0..<20 { x[r, n / 2] = 3 }
      let across = try x.transposed(0, 1)
      return try logSumExp(x, dim: 1).scalars.map { $0 - 3 } + logSumExp(across, dim: 0).scalars.map { $0 - 3 }
        + logSoftmax(x, dim: 1).scalars.filter(\.isFinite) + logSoftmax(across, dim: 0).scalars.filter(\.isFinite)
    }
    #expect(try sums(Float.self) == [Float](repeating: 0, count: 80))
    #expect(try sums(Double.self) == [Double](repeating: 0, count: 80))
  }

  static let sizes = [1, 2, 15, 16, 17, 31, 32, 33, 64, 511, 512, 513, 1024, 1025, 2049, 4097]

  @Test(arguments: Inputs.Kind.allCases) func float(kind: Inputs.Kind) throws { try check(kind, Float.self) }
  @Test(arguments: Inputs.Kind.allCases) func double(kind: Inputs.Kind) throws { try check(kind, Double.self) }
  @Test(arguments: Inputs.Kind.allCases) func float16(kind: Inputs.Kind) throws { try check(kind, Float16.self) }
  @Test(arguments: Inputs.Kind.allCases) func bfloat16(kind: Inputs.Kind) throws { try check(kind, BFloat16.self) }

  /// Slices are reduced in chunks of 1024: here each lies so far below the first that its share of the result is small, is
  /// denormal, or vanishes.
  @Test func chunksFarApart() throws {
    try checkSteps([0, -50, -62, -84, -90, -101, -130, -.infinity], Float.self)
    try checkSteps([0, -500, -640, -700, -720, -743, -900, -.infinity], Double.self)
  }

  private func checkSteps<Scalar: FloatingTensorScalar>(_ steps: [Double], _: Scalar.Type) throws {
    let n = steps.count * 1024 - 5
    let row = (0..<n).map { Scalar(converting: steps[$0 / 1024] - Double($0 * 37 % 1024) / 128) }
    let x = try Tensor<Scalar>(shape: [2, n], scalars: row + row.reversed())
    let found = try softmax(x, dim: 1)
    let rows = [row.map(\.asDouble), row.reversed().map(\.asDouble)]
    compare(found, Oracle.softmax(Exact(x), dim: 1), "softmax in steps") { r in
      { Bounds(Scalar.self).softmax(rows[r][$0] - rows[r].max()!) }
    }
    #expect(try bitDifference(softmax(x.transposed(0, 1), dim: 0).transposed(0, 1), found) == nil, "strided")
  }

  /// Two slices of every size: contiguous, and strided with the same bits.
  private func check<Scalar: FloatingTensorScalar>(_ kind: Inputs.Kind, _: Scalar.Type) throws {
    let bound = Bounds(Scalar.self)
    for n in Self.sizes {
      let x = Inputs.tensor(kind, [2, n], seed: UInt64(n), as: Scalar.self)
      let exact = Exact(x)
      let rows = [Array(exact.doubles[..<n]), Array(exact.doubles[n...])]
      let columns = try x.transposed(0, 1)

      let soft = try softmax(x, dim: 1)
      compare(soft, Oracle.softmax(exact, dim: 1), "softmax, n \(n)") { row in
        let max = rows[row].max()!
        return { bound.softmax(rows[row][$0] - max) }
      }
      #expect(try bitDifference(softmax(columns, dim: 0).transposed(0, 1), soft) == nil, "strided softmax, n \(n)")

      let mirrored = try softmin(x, dim: 1)
      compare(mirrored, Oracle.softmin(exact, dim: 1), "softmin, n \(n)") { row in
        let min = rows[row].min()!
        return { bound.softmax(rows[row][$0] - min) }
      }
      #expect(try bitDifference(softmin(columns, dim: 0).transposed(0, 1), mirrored) == nil, "strided softmin, n \(n)")

      let log = try logSoftmax(x, dim: 1)
      compare(log, Oracle.logSoftmax(exact, dim: 1), "logSoftmax, n \(n)") { row in
        let sorted = rows[row].sorted()
        let limit = bound.logSoftmax(gap: n > 1 ? sorted[n - 1] - sorted[n - 2] : 0)
        return { _ in limit }
      }
      #expect(try bitDifference(logSoftmax(columns, dim: 0).transposed(0, 1), log) == nil, "strided logSoftmax, n \(n)")

      let sums = try logSumExp(x, dim: 1, keepingDims: true)
      compare(
        sums, Oracle.logSumExp(exact, dims: [1], keepingDims: true), "logSumExp, n \(n)", sizes: rows.map { $0.max()! }
      ) { _ in { _ in bound.logSumExp } }
      #expect(try bitDifference(logSumExp(columns, dim: 0), sums.flattened()) == nil, "strided logSumExp, n \(n)")
    }
  }

  /// Expects two rows to lie within their bounds, given for a row and then for its entries.
  private func compare<Scalar: FloatingTensorScalar>(
    _ found: Tensor<Scalar>, _ expected: Exact, _ what: String, sizes: [Double] = [0, 0],
    bound: (_ row: Int) -> (_ entry: Int) -> Double
  ) {
    let (found, expected) = (found.scalars, expected.doubles)
    let n = found.count / 2
    for row in 0..<2 {
      let bound = bound(row)
      for i in 0..<n {
        let (a, b) = (found[row * n + i], expected[row * n + i])
        let error = ulpError(a, b, sizeOf: sizes[row])
        if !(error <= bound(i)) { Issue.record("\(what), [\(row), \(i)]: found \(a), expected \(b): \(error) ULP") }
      }
    }
  }
}

/// What random inputs keep; the doc comments promise two to four times as much, for slices whose roundings are to one side.
private struct Bounds {
  let isHalf: Bool

  init<Scalar: FloatingTensorScalar>(_: Scalar.Type) { isHalf = MemoryLayout<Scalar>.size == 2 }

  /// Rounding x - max costs up to |x - max| units in the last place of its exponential.
  func softmax(_ difference: Double) -> Double { isHalf ? 0.51 : 4 + (difference.isFinite ? abs(difference) : 0) }
  /// `gap`: between the two largest entries, whose exponential is what the largest one's result is made of.
  func logSoftmax(gap: Double) -> Double { isHalf ? 0.51 : 3 + (gap.isFinite ? gap : 0) }
  /// In units of the result or the largest entry, whichever is larger.
  var logSumExp: Double { isHalf ? 0.51 : 3 }
}
