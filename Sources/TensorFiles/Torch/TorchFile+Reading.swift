public import AdaptiveSoftmax

extension TorchFile {
  /// The tensor of this name, converted to `S`: floats are rounded to nearest even, integers must fit.
  ///
  /// - Throws: `FileError` (`malformed` when there is none or an integer does not fit; `unsupported` when floats are asked for
  ///   and integers found or the other way round, or as `withUnsafeBytes(of:_:)`; `truncated`, `readFailed`).
  public func tensor<S: TensorScalar>(_ name: String, as type: S.Type = S.self) throws(FileError) -> Tensor<S> {
    let entry = try entry(named: name)
    func error(_ code: FileError.Code, _ message: String) -> FileError {
      FileError(code, path: path, "tensor \(name.quoted): \(message)")
    }
    if let mismatch = Conversion.mismatch(entry.elementType, S.self) { throw error(.unsupported, mismatch) }
    var tensor = try Tensor<S>.empty(path: path)
    do { try tensor.prepare(shape: entry.shape) } catch { throw FileError(.readFailed, path: path, error.description) }
    guard tensor.count > 0 else { return tensor }
    try withBytes(of: entry) { (bytes) throws(FileError) in
      let failure = tensor.withUnsafeMutableBufferPointer { output in
        Conversion.convert(bytes, from: entry.elementType, swapped: false, into: output)
      }
      if let failure {
        throw error(
          .malformed,
          "element \(failure.index): expected a number that \(S.dtypeName) can hold, found \(failure.value)")
      }
    }
    return tensor
  }

  /// Calls `body` with a tensor's little-endian bytes in row-major order, which may stand at any address: aligned loads are
  /// not allowed.
  ///
  /// No copy is made of a contiguous tensor of a mapped file; others are gathered. Valid during the call only.
  ///
  /// - Throws: `FileError` (`malformed` when there is no such tensor; `unsupported` for one with more elements than its
  ///   storage; `truncated`, `readFailed`), and what `body` throws.
  public func withUnsafeBytes<Result>(
    of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    var outcome: Swift.Result<Result, any Error>?
    try withBytes(of: try entry(named: name)) { bytes in outcome = Swift.Result { try body(bytes) } }
    guard let outcome else { preconditionFailure("the body has run") }
    return try outcome.get()
  }

  private func withBytes(of entry: Entry, _ body: (UnsafeRawBufferPointer) throws(FileError) -> Void) throws(FileError)
  {
    let size = entry.elementType.size
    let count = SizeCheck.count(of: entry.shape) ?? 0
    guard count > 0 else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    guard count <= entry.storage.count / size else {
      throw FileError(
        .unsupported, path: path,
        "tensor \(entry.name.quoted): expected at most the \(entry.storage.count / size) elements of its storage, found an expanded view of \(count)"
      )
    }
    let reach = zip(entry.shape, entry.strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 } + 1
    let start = entry.storage.lowerBound + entry.offset * size
    try withBytes(at: start..<start + reach * size) { (view) throws(FileError) in
      guard !entry.isContiguous else { return try body(view) }
      let buffer = try ReadBuffer(byteCount: count * size, path: path)
      entry.gather(view, into: buffer.bytes)
      try body(UnsafeRawBufferPointer(buffer.bytes))
    }
  }

  private func withBytes(at range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(FileError) -> Void)
    throws(FileError)
  {
    guard let mapping else {
      let buffer = try ReadBuffer(byteCount: range.count, path: path)
      try file.read(into: buffer.bytes, at: range.lowerBound)
      return try body(UnsafeRawBufferPointer(buffer.bytes))
    }
    guard file.currentSize >= file.size else {
      throw FileError(
        .truncated, path: path,
        "expected \(file.size) bytes, found \(file.currentSize): the file was cut off after it was opened")
    }
    try body(UnsafeRawBufferPointer(rebasing: mapping.bytes[range]))
  }
}

extension TorchFile.Entry {
  /// Whether the elements stand in row-major order without gaps.
  var isContiguous: Bool {
    var expected = 1
    for (size, stride) in zip(shape, strides).reversed() where size != 1 {
      guard stride == expected else { return false }
      expected *= size
    }
    return true
  }

  /// Copies the elements of a view, whose first is at byte 0, into row-major order.
  fileprivate func gather(_ view: UnsafeRawBufferPointer, into bytes: UnsafeMutableRawBufferPointer) {
    guard let source = view.baseAddress, let target = bytes.baseAddress else { return }
    let size = elementType.size
    var index = [Int](repeating: 0, count: shape.count)
    var place = 0
    for element in 0..<bytes.count / size {
      (target + element * size).copyMemory(from: source + place * size, byteCount: size)
      for dim in shape.indices.reversed() {
        // Never beyond the last element: a dimension of size 1 may have any stride.
        if index[dim] + 1 < shape[dim] {
          index[dim] += 1
          place += strides[dim]
          break
        }
        place -= index[dim] * strides[dim]
        index[dim] = 0
      }
    }
  }
}
