/// A reduction of an array over some of its dimensions.
struct DimReduction {
  let shape: [Int]
  /// The dimensions reduced over, from the front, ascending.
  let dims: [Int]

  /// - Throws: `SoftmaxError` (`dimension`): none named, one out of range, one named twice.
  init(shape: [Int], dims: [Int]) throws(SoftmaxError) {
    guard !dims.isEmpty else {
      throw SoftmaxError(.dimension, "expected at least one dim to reduce over, got none")
    }
    var resolved = Set<Int>()
    for dim in dims {
      let dim = try normalizedDimension(dim, rank: shape.count)
      guard resolved.insert(dim).inserted else {
        throw SoftmaxError(.dimension, "dim \(dim) appears multiple times in the list of dims \(dims)")
      }
    }
    self.shape = shape
    self.dims = resolved.sorted()
  }

  private var kept: [Int] { shape.indices.filter { !dims.contains($0) } }

  /// Whether nothing but sizes of 1 lies between the reduced dimensions.
  var isContiguous: Bool {
    (dims[0]...dims[dims.count - 1]).allSatisfy { dims.contains($0) || shape[$0] == 1 }
  }

  /// The order of dimensions that puts the reduced ones last.
  var reducedLast: [Int] { kept + dims }

  func resultShape(keepingDims: Bool) -> [Int] {
    keepingDims ? shape.indices.map { dims.contains($0) ? 1 : shape[$0] } : kept.map { shape[$0] }
  }

  /// The array, in the order `reducedLast` when its dimensions are not contiguous, as [outer, n, inner].
  ///
  /// - Throws: `SoftmaxError` (`shape`) when a product is beyond Int, which only an array with a size of 0 can have.
  func view() throws(SoftmaxError) -> Slices {
    let n = try elementCount(of: dims.map { shape.isEmpty ? 1 : shape[$0] })
    let before = kept.filter { !isContiguous || $0 < dims[0] }
    return Slices(
      outer: try elementCount(of: before.map { shape[$0] }), n: n,
      inner: try elementCount(of: kept.dropFirst(before.count).map { shape[$0] }))
  }
}

/// The product of `sizes`.
private func elementCount(of sizes: [Int]) throws(SoftmaxError) -> Int { try Tensor<UInt8>.count(of: sizes) }
