public import AdaptiveSoftmax

extension Tensor {
  /// Reads a .npy file: floats into a tensor of floats, integers and booleans into one of integers, dtype `V2` into one of
  /// BFloat16.
  ///
  /// - Throws: `FileError`, as `NPYReader` does.
  public init(npy path: String) throws(FileError) {
    let file = try InputFile(path: path)
    if Scalar.self == BFloat16.self, let raw = try? NPYReader(file: file, elementTypeOverride: .bfloat16) {
      self = try raw.read(Scalar.self)
    } else {
      self = try NPYReader(file: file).read(Scalar.self)
    }
  }

  /// Writes the file numpy.save would, bfloat16 as dtype `V2`, like ml_dtypes.
  ///
  /// It appears only when it is whole.
  ///
  /// - Throws: `FileError`, as `NPYWriter` does.
  public func save(npy path: String, overwrite: Bool = false) throws(FileError) {
    guard let type = ElementType(Scalar.self) else {
      throw FileError(.unsupported, path: path, "expected a type that .npy files can hold, found \(Scalar.dtypeName)")
    }
    let writer = try NPYWriter(path: path, shape: shape, elementType: type, overwrite: overwrite)
    try writer.append(self)
    try writer.commit()
  }
}
