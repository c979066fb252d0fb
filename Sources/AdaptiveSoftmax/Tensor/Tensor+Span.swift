extension Tensor {
  /// Calls `body` with the scalars in row-major order.
  ///
  /// - Throws: what `body` throws.
  public func withSpan<Result, Failure: Error>(
    _ body: (Span<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(storage.buffer.span)
  }

  /// Calls `body` with the scalars in row-major order, to write to; the storage is copied first when it is shared, as
  /// `withUnsafeMutableBufferPointer` does.
  ///
  /// - Throws: what `body` throws.
  public mutating func withMutableSpan<Result, Failure: Error>(
    _ body: (inout MutableSpan<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    makeUnique()
    var span = storage.buffer.mutableSpan
    return try body(&span)
  }
}
