/// A row-major array seen as [outer, n, inner], to be reduced over its middle dimension.
struct Slices: Equatable {
  var outer: Int
  var n: Int
  var inner: Int

  init(outer: Int, n: Int, inner: Int) {
    self.outer = outer
    self.n = n
    self.inner = inner
  }

  /// The view of a non-empty array of the given shape over `dim`, already resolved.
  init(shape: [Int], dim: Int) {
    outer = shape.prefix(dim).reduce(1, *)
    n = shape.isEmpty ? 1 : shape[dim]
    inner = shape.dropFirst(dim + 1).reduce(1, *)
  }
}

/// `dim` counted from the front. A rank of 0 counts as 1, as in PyTorch.
///
/// - Throws: `SoftmaxError` (`dimension`) outside `-rank ..< rank`.
func resolve(dim: Int, rank: Int) throws(SoftmaxError) -> Int {
  let dims = max(rank, 1)
  guard (-dims..<dims).contains(dim) else {
    throw SoftmaxError(
      .dimension, "Dimension out of range (expected to be in range of [\(-dims), \(dims - 1)], but got \(dim))")
  }
  return dim < 0 ? dim + dims : dim
}

/// PyTorch's choice where no dim is named: 0 for ranks 0, 1 and 3, else 1.
func implicitDimension(rank: Int) -> Int {
  rank == 0 || rank == 1 || rank == 3 ? 0 : 1
}
