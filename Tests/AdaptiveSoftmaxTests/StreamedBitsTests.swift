import AdaptiveSoftmax
import TestSupport
import Testing

/// Tiles gathered, and their results written, beside other work: the bits of rows.
///
/// Tiles of one chunk, and of several, the last one short; results that are written past the caches, whose rows are whole
/// cache lines or begin anywhere in one, and into the caches.
@Suite struct StreamedBitsTests {
  @Test(arguments: [
    [2, 21, 51_200], [1, 2100, 1040], [3, 21, 1040], [1, 1100, 1040], [2, 21, 51_203], [1, 2100, 1045],
  ]) func columnsAreAsRows(shape: [Int]) throws {
    let (n, inner) = (shape[1], shape[2])
    var values = Inputs.values(.spread, count: shape.reduce(1, *)).map { Float($0) }
    values[5] = .nan
    values[inner + 700] = .infinity
    for i in 0..<n { values[i * inner + 900] = -.infinity }
    // Chunks so far below the maximum that their factors are scaled.
    for i in 0..<n { values[i * inner + 64] = i == n - 1 ? 0 : -95 - Float(i % 7) }
    let x = try Tensor(shape: shape, scalars: values)
    let rows = try x.transposed(1, 2)
    for function in [softmaxes, logSoftmaxes] {
      let expected = try function(rows, 2, 1).transposed(1, 2)
      for threads in [1, 3] {
        #expect(try bitDifference(function(x, 1, threads), expected) == nil, "\(threads) threads")
      }
    }
  }

  /// 256 rows of a tail of 36,000 classes are more than is kept in the caches, 32 rows are less.
  @Test func logitsAreAsThoseOfFewRows() throws {
    let shape = AdaptiveShape(inFeatures: 8, nClasses: 36_203, cutoffs: [203], divValue: 2, headBias: true)
    let head = try shape.head()
    var x = shape.input(256)
    x[7, 3] = .nan
    x[40, 0] = .infinity
    let few = try (0..<8).map { try head.logProb(x.slice($0 * 32..<$0 * 32 + 32), threads: 1).scalars }
    for threads in [1, 3] {
      let many = try head.logProb(x, threads: threads)
      let expected = try Tensor(shape: many.shape, scalars: Array(few.joined()))
      #expect(bitDifference(many, expected) == nil, "\(threads) threads")
    }
  }

  /// Rows that begin anywhere in a cache line; 8 MB of results pass the caches by, those of few rows do not.
  ///
  /// Rows of one chunk, in groups and in pairs, of several, the last one less than a cache line, and too long to keep their
  /// exponentials.
  @Test(arguments: [
    (203, 320), (259, 320), (1001, 64), (1025, 64), (2051, 64), (1_100_001, 1),
  ]) func rowsAreAsThoseOfFewRows(n: Int, few: Int) throws {
    try expectRowsOfFew(of: BFloat16.self, few, n)
    try expectRowsOfFew(of: Float16.self, few, n)
    try expectRowsOfFew(of: Float.self, few, n)
    try expectRowsOfFew(of: Double.self, few, n)
  }

  private func expectRowsOfFew<Scalar: FloatingTensorScalar>(of: Scalar.Type, _ few: Int, _ n: Int) throws {
    let count = (4 << 20) / (few * n) + 1
    var values = Inputs.values(.spread, count: few * n).map { Scalar(converting: $0) }
    if few > 3 { values[3 * n + 5] = Scalar(converting: Double.nan) }
    let block = try Tensor(shape: [few, n], scalars: values)
    let all = try Tensor(shape: [count * few, n], scalars: Array((0..<count).map { _ in values }.joined()))
    typealias Function = (Tensor<Scalar>, Int?, Int) throws -> Tensor<Scalar>
    let functions: [Function] = [softmax(_:dim:threads:), logSoftmax(_:dim:threads:), softmin(_:dim:threads:)]
    for function in functions {
      let expected = try Array(repeating: function(block, 1, 1).scalars, count: count).joined()
      for threads in [1, 3] {
        let found = try function(all, 1, threads)
        let difference = bitDifference(found, try Tensor(shape: found.shape, scalars: Array(expected)))
        #expect(difference == nil, "\(Scalar.self), \(threads) threads")
      }
    }
  }

  private func softmaxes(_ x: Tensor<Float>, dim: Int, threads: Int) throws -> Tensor<Float> {
    try softmax(x, dim: dim, threads: threads)
  }

  private func logSoftmaxes(_ x: Tensor<Float>, dim: Int, threads: Int) throws -> Tensor<Float> {
    try logSoftmax(x, dim: dim, threads: threads)
  }
}
