extension Tensor {
  /// The scalar at one index per dimension: `x[0, 2]`; `x[]` at rank 0.
  ///
  /// - Precondition: as many indices as dimensions, each in `0 ..< shape[d]`, as with Array.
  /// - Complexity: O(rank). Loops over many scalars are quicker with `withSpan`.
  public subscript(indices: Int...) -> Scalar {
    get { storage.base[offset(of: indices)] }
    set {
      let offset = offset(of: indices)
      makeUnique()
      storage.base[offset] = newValue
    }
  }

  private func offset(of indices: [Int]) -> Int {
    precondition(indices.count == rank, "Tensor: expected \(rank) indices for the shape \(shape), got \(indices.count)")
    var offset = 0
    for d in 0..<rank {
      precondition(
        indices[d] >= 0 && indices[d] < shape[d], "Tensor: index \(indices) is out of range for the shape \(shape)")
      offset = offset * shape[d] + indices[d]
    }
    return offset
  }

  /// All scalars in row-major order.
  public var scalars: [Scalar] { Array(storage.buffer) }

  /// The one number in the tensor, whatever its rank, as torch's item().
  ///
  /// - Throws: `SoftmaxError` (`shape`) when there is none or more than one.
  public func item() throws(SoftmaxError) -> Scalar {
    guard count == 1 else {
      throw SoftmaxError(.shape, "expected a tensor with 1 scalar, but the shape \(shape) has \(count)")
    }
    return storage.base[0]
  }

  /// A copy of element `index` of the first dimension: shape `[a, b, c]` gives `[b, c]`.
  ///
  /// A negative index counts from the end.
  ///
  /// - Throws: `SoftmaxError` (`dimension`: a rank of 0; `argument`: an index out of range; `memory`).
  public func row(_ index: Int) throws(SoftmaxError) -> Tensor {
    let size = try firstSize("row")
    guard index >= -size, index < size else {
      throw SoftmaxError(
        .argument, "index \(index) is out of range for dimension 0 with size \(size)")
    }
    let first = index < 0 ? index + size : index
    return try copy(rows: first..<first + 1, shape: Array(shape.dropFirst()))
  }

  /// A copy of a range of the first dimension: shape `[a, b, c]` gives `[range.count, b, c]`.
  ///
  /// - Throws: `SoftmaxError` (`dimension`: a rank of 0; `argument`: a range beyond the first dimension; `memory`).
  public func slice(_ range: Range<Int>) throws(SoftmaxError) -> Tensor {
    let size = try firstSize("slice")
    guard range.lowerBound >= 0, range.upperBound <= size else {
      throw SoftmaxError(.argument, "range \(range) is out of range for dimension 0 with size \(size)")
    }
    return try copy(rows: range, shape: [range.count] + shape.dropFirst())
  }

  private func firstSize(_ name: String) throws(SoftmaxError) -> Int {
    guard let size = shape.first else {
      throw SoftmaxError(.dimension, "\(name) expects a tensor of rank 1 or more, but got rank 0")
    }
    return size
  }

  private func copy(rows: Range<Int>, shape: [Int]) throws(SoftmaxError) -> Tensor {
    let width = self.shape[0] == 0 ? 0 : count / self.shape[0]
    return try Tensor(shape: shape) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      target.initialize(from: storage.base + rows.lowerBound * width, count: buffer.count)
    }
  }
}
