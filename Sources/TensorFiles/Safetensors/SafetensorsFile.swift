internal import AdaptiveSoftmax

/// A safetensors file: named tensors, checked before use, mapped or read.
///
///     let file = try SafetensorsFile(path: "head.safetensors")
///     let weight = try file.tensor("head.weight", as: Float.self)
///
/// Opening checks the whole header (lengths, JSON, types, shapes, ranges that touch and cover the file exactly) before any
/// memory is taken for data. Not safe against other processes that truncate a mapped file: see `IOMode`.
public final class SafetensorsFile: Sendable {
  /// A tensor of the file.
  public struct Entry: Sendable, Equatable {
    /// Its name in the file.
    public let name: String
    /// What its elements are.
    public let elementType: ElementType
    /// The size of each dimension; one beyond Int, legal beside a 0, is given as `Int.max`.
    public let shape: [Int]
    /// Where the bytes are, counted from the end of the header.
    public let byteRange: Range<Int>
  }

  /// The file.
  public let path: String
  /// The tensors in the order of their bytes.
  public let entries: [Entry]
  /// The free text of `__metadata__`.
  public let metadata: [String: String]
  /// Whether the file is mapped.
  public var isMapped: Bool { mapping != nil }

  static let longestHeader = 100_000_000

  let file: InputFile
  let dataOffset: Int
  let mapping: FileMapping?
  private let indices: [ExactString: Int]

  /// Opens and checks a file.
  ///
  /// - Throws: `FileError` (`missing`, `unreadable`, `malformed`, `unsupported`, `truncated`, `readFailed`).
  public init(path: String, io: IOMode = .auto) throws(FileError) {
    let file = try InputFile(path: path)
    let text = try Self.headerText(of: file)
    let header = try text.withUnsafeBufferPointer { (bytes) throws(FileError) in
      try JSONHeader(parsing: UnsafeRawBufferPointer(bytes), path: path)
    }
    dataOffset = 8 + text.count
    entries = try Self.entries(header, dataCount: file.size - dataOffset, path: path)
    metadata = header.metadata
    indices = Dictionary(uniqueKeysWithValues: entries.enumerated().map { (ExactString($1.name), $0) })
    mapping = try FileMapping.map(file, io)
    self.file = file
    self.path = path
  }

  private static func headerText(of file: InputFile) throws(FileError) -> [UInt8] {
    let path = file.path
    guard file.size >= 8 else {
      throw FileError.cutOff(path: path, "expected a safetensors file of at least 8 bytes, found \(file.size)")
    }
    let length = try file.bytes(8, at: 0).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length > 0, length <= UInt64(longestHeader) else {
      throw FileError(
        .malformed, path: path,
        "expected a safetensors header of 1 to \(longestHeader) bytes, found one of \(length), as the first 8 bytes say; "
          + "give a safetensors file")
    }
    guard length <= UInt64(file.size - 8) else {
      throw FileError.cutOff(path: path, "expected a header of \(length) bytes, found \(file.size - 8)")
    }
    return try file.bytes(Int(length), at: 8)
  }

  /// The tensor of this name; nil when there is none.
  public subscript(name: String) -> Entry? { indices[ExactString(name)].map { entries[$0] } }

  /// The tensor of this name.
  ///
  /// - Throws: `FileError` (`malformed` when there is none).
  public func entry(named name: String) throws(FileError) -> Entry {
    guard let entry = self[name] else {
      let names = entries.prefix(8).map(\.name.quoted).joined(separator: ", ") + (entries.count > 8 ? ", ..." : "")
      throw FileError(
        .malformed, path: path, "expected a tensor \(name.quoted), found \(entries.isEmpty ? "no tensors" : names)")
    }
    return entry
  }
}
