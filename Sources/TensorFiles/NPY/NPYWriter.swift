public import AdaptiveSoftmax

/// Writes a NumPy .npy file piece by piece; it appears under its name only by `commit()`.
///
/// The bytes are those of numpy.save: version 1.0, little-endian, row-major. A writer dropped without a commit leaves nothing.
public final class NPYWriter {
  /// The name that the file gets.
  public let path: String
  /// The sizes that the header tells.
  public let shape: [Int]
  /// What its elements are.
  public let elementType: ElementType

  private var file: AtomicFile?
  private let byteCount: Int
  private var written = 0

  /// The bytes before the data of such a file.
  ///
  /// - Throws: `FileError` (`unsupported` for a type NumPy lacks or a shape beyond Int).
  package static func header(shape: [Int], elementType: ElementType, path: String) throws(FileError) -> [UInt8] {
    guard shape.count <= NPYHeader.highestRank, SizeCheck.bytes(shape, elementType) != nil else {
      throw FileError(
        .unsupported, path: path,
        "expected a shape of at most \(NPYHeader.highestRank) dimensions whose bits an Int can count, found \(shape)")
    }
    return try NPYHeader(elementType: elementType, shape: shape).bytes(path: path)
  }

  /// Creates the temporary file and writes the header.
  ///
  /// - Throws: `FileError` (`exists`, `cannotCreate`, `unsupported` for a type NumPy lacks or a shape beyond Int, `writeFailed`).
  public init(path: String, shape: [Int], elementType: ElementType, overwrite: Bool = false) throws(FileError) {
    let header = try Self.header(shape: shape, elementType: elementType, path: path)
    self.path = path
    self.shape = shape
    self.elementType = elementType
    byteCount = SizeCheck.bytes(shape, elementType) ?? 0
    var file = try AtomicFile(path: path, overwrite: overwrite)
    try file.append(header)
    self.file = consume file
  }

  /// Writes the tensor's scalars after those written before.
  ///
  /// - Throws: `FileError` (`unsupported` for another type than the file's; `writeFailed`).
  public func append<S: TensorScalar>(_ tensor: Tensor<S>) throws(FileError) {
    guard ElementType(S.self) == elementType else {
      throw FileError(.unsupported, path: path, "expected a tensor of \(elementType.name), found \(S.dtypeName)")
    }
    try tensor.withUnsafeBufferPointer { (scalars) throws(FileError) in
      try append(bytes: UnsafeRawBufferPointer(scalars))
    }
  }

  /// Writes elements given as little-endian bytes.
  ///
  /// - Throws: `FileError` (`writeFailed`, also for more bytes than the shape has).
  public func append(bytes: UnsafeRawBufferPointer) throws(FileError) {
    guard bytes.count <= byteCount - written else {
      throw FileError(
        .writeFailed, path: path, "expected \(byteCount) bytes for shape \(shape), found \(written + bytes.count)")
    }
    guard file != nil else { throw FileError(.writeFailed, path: path, "is committed already") }
    try file!.append(bytes)
    written += bytes.count
  }

  /// Flushes the file to the disk and gives it its name.
  ///
  /// - Throws: `FileError` (`writeFailed` when elements are missing or the system fails; `exists`). Nothing is left then.
  public func commit() throws(FileError) {
    guard let file = file.take() else { throw FileError(.writeFailed, path: path, "is committed already") }
    guard written == byteCount else {
      throw FileError(.writeFailed, path: path, "expected \(byteCount) bytes for shape \(shape), found \(written)")
    }
    try file.commit()
  }
}
