public import AdaptiveSoftmax

extension SafetensorsFile {
  /// The tensor of this name, converted to `S`: floats are rounded to nearest even, integers must fit.
  ///
  /// - Throws: `FileError` (`malformed` when there is none or an integer does not fit; `unsupported` when floats are asked for
  ///   and integers found or the other way round; `truncated`, `readFailed`).
  public func tensor<S: TensorScalar>(_ name: String, as type: S.Type = S.self) throws(FileError) -> Tensor<S> {
    let entry = try entry(named: name)
    func error(_ code: FileError.Code, _ message: String) -> FileError {
      FileError(code, path: path, "tensor \(name.quoted): \(message)")
    }
    if let mismatch = Conversion.mismatch(entry.elementType, S.self) { throw error(.unsupported, mismatch) }
    guard SizeCheck.bytes(entry.shape, entry.elementType) != nil else {
      throw error(.unsupported, "expected sizes whose bits an Int can count, found \(entry.shape)")
    }
    var tensor = try Tensor<S>.empty(path: path)
    do { try tensor.prepare(shape: entry.shape) } catch { throw FileError(.readFailed, path: path, error.description) }
    guard tensor.count > 0 else { return tensor }
    try tensor.withUnsafeMutableBufferPointer { (output) throws(FileError) in
      if Conversion.isCopy(entry.elementType, S.self) {
        try file.read(into: UnsafeMutableRawBufferPointer(output), at: dataOffset + entry.byteRange.lowerBound)
        return
      }
      let step = Self.chunkBytes / entry.elementType.size
      let chunk = try ReadBuffer(byteCount: min(step * entry.elementType.size, entry.byteRange.count), path: path)
      for start in stride(from: 0, to: output.count, by: step) {
        let part = UnsafeMutableBufferPointer(rebasing: output[start..<min(start + step, output.count)])
        let bytes = UnsafeMutableRawBufferPointer(rebasing: chunk.bytes[..<(part.count * entry.elementType.size)])
        try file.read(into: bytes, at: dataOffset + entry.byteRange.lowerBound + start * entry.elementType.size)
        if let failure = Conversion.convert(
          UnsafeRawBufferPointer(bytes), from: entry.elementType, swapped: false, into: part)
        {
          throw error(
            .malformed,
            "element \(start + failure.index): expected a number that \(S.dtypeName) can hold, found \(failure.value)")
        }
      }
    }
    return tensor
  }

  /// The bytes read at a time where they are converted on the way.
  private static let chunkBytes = 1 << 18

  /// Calls `body` with a tensor's little-endian bytes, which may stand at any address: aligned loads are not allowed.
  ///
  /// No copy is made of a mapped file's bytes. They are valid during the call only.
  ///
  /// - Throws: `FileError` (`malformed` when there is no such tensor, `truncated`, `readFailed`), and what `body` throws.
  public func withUnsafeBytes<Result>(
    of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    let entry = try entry(named: name)
    let range = (dataOffset + entry.byteRange.lowerBound)..<(dataOffset + entry.byteRange.upperBound)
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
    return try body(UnsafeRawBufferPointer(rebasing: mapping.bytes[range]))
  }
}
