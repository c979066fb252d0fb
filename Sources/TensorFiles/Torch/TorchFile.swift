internal import AdaptiveSoftmax

/// A PyTorch checkpoint, `.pt` or `.pth`, as `torch.save` writes it since PyTorch 1.6: named tensors, checked before use.
///
///     let file = try TorchFile(path: "model.pt")
///     let weight = try file.tensor("decoder.head.weight", as: Float.self)
///
/// The file's pickle is read as data: nothing in it is executed, and of what a state dict does not need a few plain kinds are
/// skipped, all others refused by name.
/// Nested dicts, lists and tuples become names joined by dots. Tensors may share storages and have any strides; they are
/// gathered when they are read. Not safe against other processes that truncate a mapped file: see `IOMode`.
public final class TorchFile: Sendable {
  /// A tensor of the file.
  public struct Entry: Sendable, Equatable {
    /// Its name: keys joined by dots.
    public let name: String
    /// What its elements are.
    public let elementType: ElementType
    /// Its sizes.
    public let shape: [Int]
    /// The elements between neighbours along each dimension.
    public let strides: [Int]
    /// The key of the storage: tensors of one key share their numbers.
    public let storageKey: String
    /// The elements of the storage before the first one.
    public let offset: Int
    /// The bytes of the storage in the file.
    let storage: Range<Int>
  }

  /// A value of the file that is no tensor.
  public struct SkippedValue: Sendable, Equatable {
    /// Its name: keys joined by dots.
    public let name: String
    /// What it is: "an int", "a string", ...
    public let kind: String

    /// Whether it stands where weights do and may be some, such as a NumPy array or a list of numbers.
    package var mayBeWeights: Bool {
      let parts = name.split(separator: ".")
      func areWeights(_ part: Substring?) -> Bool { part == "weight" || part == "bias" }
      if let last = parts.last, Int(last) != nil { return areWeights(parts.dropLast().last) }
      return areWeights(parts.last) && kind.hasPrefix("'")
    }
  }

  /// The file.
  public let path: String
  /// The tensors in the order of the state dict.
  public let entries: [Entry]
  /// The values that are no tensors, in their order.
  public let skipped: [SkippedValue]
  /// Whether the file is mapped.
  public var isMapped: Bool { mapping != nil }

  let file: InputFile
  let mapping: FileMapping?
  private let indices: [ExactString: Int]

  /// Opens and checks a file.
  ///
  /// - Parameters:
  ///   - verify: reads all of it once to check every member's CRC-32, where one was computed; nil: of files up to 256 MB.
  ///     The pickle's is checked always.
  /// - Throws: `FileError` (`missing`, `unreadable`, `malformed`, `unsupported`, `truncated`, `readFailed`).
  public init(path: String, io: IOMode = .auto, verify: Bool? = nil) throws(FileError) {
    let file = try InputFile(path: path)
    let archive = try ZipArchive(file)
    let root = try Self.root(of: archive, path: path)
    try Self.checkByteOrder(archive, root, file)
    if verify ?? (file.size <= Self.smallSize) {
      for member in archive.members { try archive.verify(member, in: file) }
    }
    var contents = TorchContents(archive, root: root, path: path)
    try contents.read(file)
    entries = contents.entries
    skipped = contents.skipped
    indices = Dictionary(uniqueKeysWithValues: entries.enumerated().map { (ExactString($1.name), $0) })
    self.mapping = try FileMapping.map(file, io)
    self.file = file
    self.path = path
  }

  /// Up to here checking everything takes no longer than anybody would notice.
  private static let smallSize = 256 << 20

  /// The folder of the archive that holds `data.pkl`.
  private static func root(of archive: ZipArchive, path: String) throws(FileError) -> String {
    let suffix = "/data.pkl"
    let roots = archive.members.map(\.name).filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }
      .filter { !$0.contains("/") }
    guard let root = roots.first, roots.count == 1 else {
      throw FileError(
        .malformed, path: path,
        "expected one member NAME/data.pkl, as torch.save writes, found \(roots.isEmpty ? "none" : "\(roots.count)") among \(archive.members.count) members"
      )
    }
    return root
  }

  private static func checkByteOrder(_ archive: ZipArchive, _ root: String, _ file: InputFile) throws(FileError) {
    guard let member = archive[root + "/byteorder"] else { return }
    guard member.range.count <= 16 else {
      throw FileError(.malformed, path: file.path, "byteorder: expected 'little', found \(member.range.count) bytes")
    }
    let order = String(decoding: try archive.contents(of: member, in: file), as: UTF8.self)
    guard order == "little" else {
      throw FileError(
        .unsupported, path: file.path,
        "byteorder: expected 'little', found \(order.quoted): save the file again on a little-endian machine")
    }
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
