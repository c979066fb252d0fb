extension Tensor {
  /// The same scalars in another shape, sharing the storage.
  ///
  /// One size may be -1 and is then inferred, as in PyTorch.
  ///
  /// - Throws: `SoftmaxError` (`shape`) when the new shape does not hold the same number of scalars.
  /// - Complexity: O(rank); nothing is copied.
  public func reshaped(to sizes: [Int]) throws(SoftmaxError) -> Tensor {
    var shape = sizes
    if let open = sizes.firstIndex(of: -1) {
      guard sizes.lastIndex(of: -1) == open else {
        throw SoftmaxError(.shape, "only one size of a shape can be -1, to be inferred, but the shape is \(sizes)")
      }
      shape[open] = 1
      let rest = try Self.count(of: shape)
      guard rest != 0 else {
        throw SoftmaxError(
          .shape, "the size -1 of the shape \(sizes) is ambiguous: the other sizes hold no scalars, so any would do")
      }
      shape[open] = count / rest
    }
    guard try Self.count(of: shape) == count else {
      throw SoftmaxError(.shape, "the shape \(sizes) is invalid for a tensor of \(count) scalars (shape \(self.shape))")
    }
    return Tensor(shape: shape, count: count, storage: storage)
  }

  /// The same scalars as one dimension, sharing the storage.
  public func flattened() -> Tensor { Tensor(shape: [count], count: count, storage: storage) }

  /// The same scalars with a dimension of size 1 inserted before `dim` (in `-rank - 1 ... rank`), as torch.unsqueeze.
  ///
  /// - Throws: `SoftmaxError` (`dimension`) when `dim` is out of range.
  public func unsqueezed(_ dim: Int) throws(SoftmaxError) -> Tensor {
    var shape = shape
    shape.insert(1, at: try normalizedDimension(dim, rank: rank + 1))
    return Tensor(shape: shape, count: count, storage: storage)
  }

  /// The same scalars without dimension `dim` where its size is 1, and unchanged where it is not, as torch.squeeze.
  ///
  /// - Throws: `SoftmaxError` (`dimension`) when `dim` is out of range.
  public func squeezed(_ dim: Int) throws(SoftmaxError) -> Tensor {
    let dim = try normalizedDimension(dim, rank: rank)
    guard rank > 0, shape[dim] == 1 else { return self }
    var shape = shape
    shape.remove(at: dim)
    return Tensor(shape: shape, count: count, storage: storage)
  }
}

/// A dimension in `-rank ..< rank` counted from the start; a rank of 0 accepts 0 and -1, as in PyTorch.
func normalizedDimension(_ dim: Int, rank: Int) throws(SoftmaxError) -> Int {
  let limit = max(rank, 1)
  guard dim >= -limit, dim < limit else {
    throw SoftmaxError(
      .dimension, "Dimension out of range (expected to be in range of [\(-limit), \(limit - 1)], but got \(dim))")
  }
  return dim < 0 ? dim + limit : dim
}
