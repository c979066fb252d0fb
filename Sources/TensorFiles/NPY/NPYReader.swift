internal import AdaptiveSoftmax

/// A NumPy .npy file, versions 1 to 3, read by rows.
///
///     let hidden = try NPYReader(path: "hidden.npy")
///     var batch = try Tensor<Float>.zeros([0])
///     try hidden.read(rows: 0..<4096, into: &batch)        // [4096, features]
///
/// Opening checks everything: magic, header, shape, and that the file is as long as it says. Rows are read by positioned
/// reads, so a file may be larger than memory, several tasks may share a reader, and a file that is cut off meanwhile is an error.
public final class NPYReader: Sendable {
  /// The file.
  public let path: String
  /// The size of each dimension; empty for a single number.
  public let shape: [Int]
  /// What its elements are.
  public let elementType: ElementType
  /// Whether the first index runs fastest in the file; rows come out row-major all the same.
  public let isFortranOrder: Bool
  /// Whether its elements have their highest byte first; they are turned when they are read.
  public let isBigEndian: Bool
  /// The number of elements.
  public let count: Int
  /// The number of elements of a row: the product of all sizes but the first.
  public let rowElements: Int
  /// The number of bytes after the data, 0 in a proper file; NumPy ignores them.
  public let trailingBytes: Int

  package let file: InputFile
  let dataOffset: Int

  /// What it reads, as errors say it.
  package static let types = "dtype f2, f4, f8, i1, i2, i4, i8, u1, u2, u4, u8 or b1"

  /// A line about bytes after the data, for a warning; nil for a proper file.
  package var trailingNotice: String? {
    guard trailingBytes > 0 else { return nil }
    return "warning: \(path.onOneLine): expected the file to end with its data (\(shape) \(elementType.name)), found "
      + "\(trailingBytes) bytes more, which are not read; write the array again unless they are meant"
  }

  /// The number of rows: the first size, 1 for a single number.
  public var rowCount: Int { shape.first ?? 1 }

  /// Opens and checks a file.
  ///
  /// - Parameter elementTypeOverride: `.bfloat16` reads dtype `V2`, as which ml_dtypes saves bfloat16; any other type must be
  ///   what the file says.
  /// - Throws: `FileError` (`missing`, `unreadable`, `malformed`, `unsupported`, `truncated`, `readFailed`).
  public convenience init(path: String, elementTypeOverride: ElementType? = nil) throws(FileError) {
    try self.init(file: InputFile(path: path), elementTypeOverride: elementTypeOverride)
  }

  /// The same for a file that is open.
  package init(file: InputFile, elementTypeOverride: ElementType? = nil) throws(FileError) {
    let path = file.path
    let (text, dataOffset) = try Self.headerText(of: file)
    let header = try NPYHeader(parsing: text, override: elementTypeOverride, path: path)
    let count = try header.checkedCount(path: path)
    let found = file.size - dataOffset
    let expected = count * header.elementType.size
    guard found >= expected else {
      throw FileError.cutOff(
        path: path,
        "expected \(expected) bytes of data (\(header.shape) \(header.elementType.name)), found \(found)")
    }
    self.path = path
    self.file = file
    self.dataOffset = dataOffset
    self.count = count
    shape = header.shape
    elementType = header.elementType
    isFortranOrder = header.isFortranOrder
    isBigEndian = header.isBigEndian
    rowElements = SizeCheck.count(of: Array(header.shape.dropFirst())) ?? 0
    trailingBytes = found - expected
  }

  private static func headerText(of file: InputFile) throws(FileError) -> (text: [UInt8], dataOffset: Int) {
    let path = file.path
    let start = try file.bytes(min(12, file.size), at: 0)
    guard start.starts(with: NPYHeader.magic) else {
      let found = try ForeignFormat.found(in: file) ?? "something else"
      throw FileError(.malformed, path: path, "expected a .npy file, which begins with \\x93NUMPY, found \(found)")
    }
    guard start.count >= 10 else {
      throw FileError.cutOff(path: path, "expected a header, found \(file.size) bytes in all")
    }
    let (major, minor) = (start[6], start[7])
    guard (1...3).contains(major), minor == 0 else {
      throw FileError(
        .unsupported, path: path, "expected version 1.0, 2.0 or 3.0 of the format, found \(major).\(minor)")
    }
    let textOffset = major == 1 ? 10 : 12
    guard start.count >= textOffset else {
      throw FileError.cutOff(path: path, "expected a header, found \(file.size) bytes in all")
    }
    let length = start[8..<textOffset].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= NPYHeader.longestText else {
      throw FileError(
        .malformed, path: path, "expected a header of at most \(NPYHeader.longestText) bytes, found one of \(length)")
    }
    guard length <= file.size - textOffset else {
      throw FileError.cutOff(
        path: path, "expected a header of \(length) bytes, found \(file.size - textOffset)")
    }
    return (try file.bytes(length, at: textOffset), textOffset + length)
  }
}
