public import AdaptiveSoftmax

extension NPYReader {
  /// The whole array, row-major.
  ///
  /// - Throws: `FileError` (`unsupported` when floats are asked for and integers found or the other way round; `malformed`
  ///   for an integer that `S` cannot hold; `truncated`, `readFailed`).
  public func read<S: TensorScalar>(_ type: S.Type = S.self) throws(FileError) -> Tensor<S> {
    var tensor = try Tensor<S>.empty(path: path)
    try fill(&tensor, shape: shape, rows: 0..<rowCount)
    return tensor
  }

  /// Rows of the array as `[rows.count] + shape.dropFirst()`, row-major; keeps the tensor's storage when the size fits.
  ///
  /// Floats are rounded to nearest even; integers must fit. After an error the tensor's contents are unspecified.
  ///
  /// - Throws: `FileError`, as `read(_:)` does, and `malformed` for rows that the file does not have.
  public func read<S: TensorScalar>(rows: Range<Int>, into tensor: inout Tensor<S>) throws(FileError) {
    guard !shape.isEmpty else {
      throw FileError(.malformed, path: path, "expected an array with rows, found a single number (shape [])")
    }
    guard rows.lowerBound >= 0, rows.upperBound <= rowCount else {
      throw FileError(.malformed, path: path, "expected rows within 0..<\(rowCount), found \(rows)")
    }
    try fill(&tensor, shape: [rows.count] + shape.dropFirst(), rows: rows)
  }

  private func fill<S: TensorScalar>(_ tensor: inout Tensor<S>, shape: [Int], rows: Range<Int>) throws(FileError) {
    if let mismatch = Conversion.mismatch(elementType, S.self) {
      throw FileError(.unsupported, path: path, mismatch)
    }
    do { try tensor.prepare(shape: shape) } catch { throw FileError(.readFailed, path: path, error.description) }
    guard tensor.count > 0 else { return }
    try tensor.withUnsafeMutableBufferPointer { (output) throws(FileError) in
      if isFortranOrder, shape.count > 1 {
        try readColumns(rows, into: output)
      } else {
        try readRun(at: rows.lowerBound * rowElements, into: output)
      }
    }
  }

  /// The bytes read at a time where they are converted on the way.
  private static let chunkBytes = 1 << 18

  /// Reads elements that lie one after another in the file.
  private func readRun<S: TensorScalar>(at start: Int, into output: UnsafeMutableBufferPointer<S>) throws(FileError) {
    let size = elementType.size
    if Conversion.isCopy(elementType, S.self) {
      try file.read(into: UnsafeMutableRawBufferPointer(output), at: dataOffset + start * size)
      if isBigEndian { Conversion.swapBytes(of: output) }
      return
    }
    let step = Self.chunkBytes / size
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: min(step, output.count) * size, alignment: 64)
    defer { chunk.deallocate() }
    var done = 0
    while done < output.count {
      let next = min(done + step, output.count)
      let bytes = UnsafeMutableRawBufferPointer(rebasing: chunk[..<((next - done) * size)])
      try file.read(into: bytes, at: dataOffset + (start + done) * size)
      try convert(
        UnsafeRawBufferPointer(bytes), into: UnsafeMutableBufferPointer(rebasing: output[done..<next])
      ) { (start + done + $0) / self.rowElements }
      done = next
    }
  }

  /// Up to here a whole column takes no longer to read than some of its rows.
  private static let shortColumn = 1 << 12

  /// Reads rows of a column-major file: blocks of columns, each column's rows in one piece, then turned.
  private func readColumns<S: TensorScalar>(
    _ rows: Range<Int>, into output: UnsafeMutableBufferPointer<S>
  ) throws(FileError) {
    let size = elementType.size
    let rowBlock = min(rows.count, Self.chunkBytes / size)
    let readsWhole = rowBlock == rowCount || rowCount * size <= Self.shortColumn
    let rowsRead = readsWhole ? rowCount : rowBlock
    let columnBlock = min(rowElements, max(Self.chunkBytes / size / rowsRead, 1))
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: rowsRead * columnBlock * size, alignment: 64)
    let turned = UnsafeMutableBufferPointer<S>.allocate(capacity: rowBlock * columnBlock)
    defer {
      chunk.deallocate()
      turned.deallocate()
    }
    for firstRow in stride(from: rows.lowerBound, to: rows.upperBound, by: rowBlock) {
      let height = min(rowBlock, rows.upperBound - firstRow)
      for firstColumn in stride(from: 0, to: rowElements, by: columnBlock) {
        let columns = firstColumn..<min(firstColumn + columnBlock, rowElements)
        let bytes = UnsafeMutableRawBufferPointer(rebasing: chunk[..<(columns.count * height * size)])
        if readsWhole {
          let whole = UnsafeMutableRawBufferPointer(rebasing: chunk[..<(columns.count * rowCount * size)])
          try file.read(into: whole, at: dataOffset + firstColumn * rowCount * size)
          Self.keep(firstRow..<(firstRow + height), ofColumnsOf: rowCount, size: size, in: whole)
        } else {
          for (i, column) in columns.enumerated() {
            let piece = UnsafeMutableRawBufferPointer(rebasing: bytes[(i * height * size)..<((i + 1) * height * size)])
            try file.read(into: piece, at: dataOffset + (column * rowCount + firstRow) * size)
          }
        }
        let block = UnsafeMutableBufferPointer(rebasing: turned[..<(columns.count * height)])
        try convert(UnsafeRawBufferPointer(bytes), into: block) { firstRow + $0 % height }
        let offsets = columns.map(rowMajorOffset(ofColumn:))
        for row in 0..<height {
          let start = (firstRow - rows.lowerBound + row) * rowElements
          for (i, offset) in offsets.enumerated() { output[start + offset] = block[i * height + row] }
        }
      }
    }
  }

  /// Moves some rows of columns that follow one another to the start of the bytes.
  private static func keep(
    _ rows: Range<Int>, ofColumnsOf height: Int, size: Int, in bytes: UnsafeMutableRawBufferPointer
  ) {
    guard rows.count < height, let start = bytes.baseAddress else { return }
    for column in 0..<(bytes.count / (height * size)) {
      (start + column * rows.count * size).copyMemory(
        from: start + (column * height + rows.lowerBound) * size, byteCount: rows.count * size)
    }
  }

  /// Where the `column`-th element of a row, counted with the second index running fastest, stands in a row-major row.
  private func rowMajorOffset(ofColumn column: Int) -> Int {
    var (rest, offset, stride) = (column, 0, rowElements)
    for size in shape.dropFirst() {
      stride /= size
      offset += rest % size * stride
      rest /= size
    }
    return offset
  }

  private func convert<S: TensorScalar>(
    _ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableBufferPointer<S>, row: (Int) -> Int
  ) throws(FileError) {
    guard let failure = Conversion.convert(bytes, from: elementType, swapped: isBigEndian, into: output) else { return }
    throw FileError(
      .malformed, path: path,
      "row \(row(failure.index)): expected a number that \(S.dtypeName) can hold, found \(failure.value)")
  }
}

extension Tensor {
  /// A tensor of no scalars, to be prepared for a result.
  static func empty(path: String) throws(FileError) -> Tensor {
    do { return try zeros([0]) } catch {
      throw FileError(.readFailed, path: path, error.description)
    }
  }
}
