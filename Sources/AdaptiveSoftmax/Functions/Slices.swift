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

/// The dimension that the softmax family normalises over; nil is PyTorch's implicit choice: 0 for ranks 0, 1 and 3, else 1.
///
/// - Throws: `SoftmaxError` (`dimension`) outside `-rank ..< rank`.
func softmaxDimension(_ dim: Int?, rank: Int) throws(SoftmaxError) -> Int {
  let implicit = rank == 0 || rank == 1 || rank == 3 ? 0 : 1
  return try normalizedDimension(dim ?? implicit, rank: rank)
}
