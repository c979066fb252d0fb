internal import AdaptiveSoftmax

/// The members of a ZIP file, all stored, with ZIP64 sizes: what PyTorch writes.
///
/// Opening reads the central directory and every local header, and believes neither before both agree: names, methods, sizes
/// and checksums must match, members may not overlap, compressed or encrypted ones are refused by name.
struct ZipArchive {
  /// A stored member.
  struct Member: Equatable {
    let name: String
    let crc: UInt32
    /// Where the bytes are in the file.
    let range: Range<Int>

    /// False for the 0 that torch.save writes where it is told to compute none.
    var hasChecksum: Bool { crc != 0 }
  }

  /// The members in the order of the central directory.
  let members: [Member]
  private let indices: [ExactString: Int]

  static let longestDirectory = 128 << 20

  /// Reads and checks the directory of a file.
  ///
  /// - Throws: `FileError` (`malformed`, `unsupported`, `truncated`, `readFailed`).
  init(_ file: InputFile) throws(FileError) {
    let path = file.path
    let directory = try ZipDirectory(file)
    guard directory.range.count <= Self.longestDirectory else {
      throw FileError(
        .unsupported, path: path,
        "expected a ZIP directory of at most \(Self.longestDirectory) bytes, found \(directory.range.count)")
    }
    var cursor = ByteCursor(try file.bytes(directory.range.count, at: directory.range.lowerBound))
    var members: [Member] = []
    var indices: [ExactString: Int] = [:]
    var spans: [(range: Range<Int>, index: Int)] = []
    for index in 0..<directory.count {
      let record = try ZipRecord(central: &cursor, index: index, path: path)
      guard indices.updateValue(index, forKey: ExactString(record.name)) == nil else {
        throw FileError(.malformed, path: path, "member \(record.name.quoted): expected a name once, found it twice")
      }
      let range = try record.locate(in: file, before: directory.range.lowerBound)
      members.append(Member(name: record.name, crc: record.crc, range: range))
      spans.append((record.headerOffset..<range.upperBound, index))
    }
    guard cursor.rest == 0 else {
      throw FileError(
        .malformed, path: path,
        "expected a ZIP directory of \(cursor.position) bytes for \(directory.count) members, found \(directory.range.count)"
      )
    }
    spans.sort { $0.range.lowerBound < $1.range.lowerBound }
    for (left, right) in zip(spans, spans.dropFirst()) where left.range.upperBound > right.range.lowerBound {
      throw FileError(
        .malformed, path: path,
        "member \(members[right.index].name.quoted): expected bytes of its own, found some of \(members[left.index].name.quoted)"
      )
    }
    self.members = members
    self.indices = indices
  }

  /// The member of this name; nil when there is none.
  subscript(name: String) -> Member? { indices[ExactString(name)].map { members[$0] } }

  /// The bytes of a member, their checksum checked.
  ///
  /// - Throws: `FileError` (`malformed`, `truncated`, `readFailed`).
  func contents(of member: Member, in file: InputFile) throws(FileError) -> [UInt8] {
    let bytes = try file.bytes(member.range.count, at: member.range.lowerBound)
    guard member.hasChecksum else { return bytes }
    var crc = CRC32()
    bytes.withUnsafeBytes { crc.update($0) }
    try Self.check(crc, of: member, path: file.path)
    return bytes
  }

  /// Checks the checksum of a member without keeping its bytes.
  ///
  /// - Throws: `FileError` (`malformed`, `truncated`, `readFailed`).
  func verify(_ member: Member, in file: InputFile) throws(FileError) {
    guard member.hasChecksum else { return }
    var crc = CRC32()
    var start = member.range.lowerBound
    while start < member.range.upperBound {
      let bytes = try file.bytes(min(1 << 20, member.range.upperBound - start), at: start)
      bytes.withUnsafeBytes { crc.update($0) }
      start += bytes.count
    }
    try Self.check(crc, of: member, path: file.path)
  }

  private static func check(_ crc: CRC32, of member: Member, path: String) throws(FileError) {
    guard crc.value == member.crc else {
      throw FileError(
        .malformed, path: path,
        "member \(member.name.quoted): expected the checksum \(hex(member.crc)), found \(hex(crc.value)): the bytes are damaged"
      )
    }
  }

  private static func hex(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
