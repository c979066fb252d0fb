extension Tensor {
  /// The tensor with two dimensions exchanged, as torch.transpose.
  ///
  /// - Throws: `SoftmaxError` (`dimension`: one that is out of range; `memory`).
  /// - Complexity: O(count), in blocks that stay in cache; nothing is copied where the order in memory is the same.
  public func transposed(_ first: Int, _ second: Int) throws(SoftmaxError) -> Tensor {
    let a = try normalizedDimension(first, rank: rank)
    let b = try normalizedDimension(second, rank: rank)
    var order = Array(0..<rank)
    if rank > 0 { order.swapAt(a, b) }
    return try permuted(order)
  }

  /// The tensor whose dimension i is dimension `order[i]` of this one, as torch.permute.
  ///
  /// - Throws: `SoftmaxError` (`dimension`: an `order` that does not name each dimension once; `memory`).
  /// - Complexity: O(count), in blocks that stay in cache; nothing is copied where the order in memory is the same.
  public func permuted(_ order: [Int]) throws(SoftmaxError) -> Tensor {
    guard order.count == rank else {
      throw SoftmaxError(
        .dimension, "permuted expects \(rank) dimensions for the shape \(shape), but got \(order.count): \(order)")
    }
    var source: [Int] = []
    for dim in order {
      let dim = try normalizedDimension(dim, rank: rank)
      guard !source.contains(dim) else {
        throw SoftmaxError(.dimension, "dim \(dim) appears multiple times in the list of dims \(order)")
      }
      source.append(dim)
    }
    let newShape = source.map { shape[$0] }
    guard count > 0 else { return Tensor(shape: newShape, count: 0, storage: storage) }
    let walk = StridedWalk(shape: shape, order: source)
    if walk.isContiguous { return Tensor(shape: newShape, count: count, storage: storage) }
    return try Tensor(shape: newShape) { buffer in walk.copy(from: storage.base, to: buffer.baseAddress!) }
  }
}

/// How a permuted tensor reads its source: sizes in the order of the result, and the source's stride of each.
///
/// Dimensions of size 1 are left out, and neighbours that are neighbours in the source too are one dimension.
private struct StridedWalk {
  private(set) var sizes: [Int] = []
  private(set) var strides: [Int] = []

  init(shape: [Int], order: [Int]) {
    var sourceStrides = [Int](repeating: 1, count: shape.count)
    for d in stride(from: shape.count - 2, through: 0, by: -1) {
      sourceStrides[d] = sourceStrides[d + 1] &* shape[d + 1]
    }
    for dim in order where shape[dim] != 1 {
      if let last = strides.last, last == sourceStrides[dim] &* shape[dim] {
        sizes[sizes.count - 1] *= shape[dim]
        strides[strides.count - 1] = sourceStrides[dim]
      } else {
        sizes.append(shape[dim])
        strides.append(sourceStrides[dim])
      }
    }
  }

  var isContiguous: Bool { strides.isEmpty || strides == [1] }

  /// Copies whole runs where the last dimension is the source's too, and blocks of 32 x 32 scalars where it is another:
  /// 32 source lines and 32 target lines are in cache at a time.
  func copy<Scalar: TensorScalar>(from source: UnsafePointer<Scalar>, to target: UnsafeMutablePointer<Scalar>) {
    let last = sizes.count - 1
    let unit = strides.firstIndex(of: 1)!
    var targetStrides = [Int](repeating: 1, count: sizes.count)
    for d in stride(from: last - 1, through: 0, by: -1) { targetStrides[d] = targetStrides[d + 1] * sizes[d + 1] }

    var index = [Int](repeating: 0, count: sizes.count)
    repeat {
      var from = source
      var to = target
      for d in index.indices {
        from += index[d] * strides[d]
        to += index[d] * targetStrides[d]
      }
      if unit == last {
        to.initialize(from: from, count: sizes[last])
      } else {
        transpose(
          from, rows: sizes[last], stride: strides[last], columns: sizes[unit], to: to,
          targetStride: targetStrides[unit])
      }
    } while advance(&index, skipping: unit, last)
  }

  /// to[c, r] = from[r, c] in blocks.
  private func transpose<Scalar: TensorScalar>(
    _ from: UnsafePointer<Scalar>, rows: Int, stride sourceStride: Int, columns: Int,
    to: UnsafeMutablePointer<Scalar>, targetStride: Int
  ) {
    let block = 32
    for c0 in stride(from: 0, to: columns, by: block) {
      for r0 in stride(from: 0, to: rows, by: block) {
        for c in c0..<min(c0 + block, columns) {
          for r in r0..<min(r0 + block, rows) { to[c * targetStride + r] = from[r * sourceStride + c] }
        }
      }
    }
  }

  /// Steps to the next index over the dimensions that the inner copy does not cover; false after the last.
  private func advance(_ index: inout [Int], skipping first: Int, _ second: Int) -> Bool {
    for d in index.indices.reversed() where d != first && d != second {
      index[d] += 1
      if index[d] < sizes[d] { return true }
      index[d] = 0
    }
    return false
  }
}
