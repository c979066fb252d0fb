internal import AdaptiveSoftmax

/// One member as the central directory describes it.
struct ZipRecord {
  let name: String
  let crc: UInt32
  let size: Int
  let headerOffset: Int
  private let flags: UInt16

  /// Reads the next record of a central directory.
  ///
  /// - Throws: `FileError` (`malformed`; `unsupported` for a compressed or encrypted member).
  init(central cursor: inout ByteCursor, index: Int, path: String) throws(FileError) {
    func malformed(_ message: String) -> FileError {
      FileError(.malformed, path: path, "member \(index) of the ZIP directory: \(message)")
    }
    guard cursor.next(UInt32.self) == 0x0201_4B50, cursor.skip(4) != nil,
      let flags = cursor.next(UInt16.self), let method = cursor.next(UInt16.self), cursor.skip(4) != nil,
      let crc = cursor.next(UInt32.self), let packed = cursor.next(UInt32.self), let size = cursor.next(UInt32.self),
      let nameLength = cursor.next(UInt16.self), let extraLength = cursor.next(UInt16.self),
      let commentLength = cursor.next(UInt16.self), let disk = cursor.next(UInt16.self), cursor.skip(6) != nil,
      let offset = cursor.next(UInt32.self)
    else { throw malformed("expected a directory record, found other bytes") }
    guard let name = cursor.text(Int(nameLength)), !name.isEmpty else {
      throw malformed("expected a name in UTF-8, found other bytes")
    }
    guard let wide = ZipWideSizes(&cursor, Int(extraLength), size: size, packed: packed, offset: offset),
      cursor.skip(Int(commentLength)) != nil
    else { throw malformed("\(name.quoted): expected ZIP64 sizes for those that are missing, found other bytes") }
    try Self.checkMethod(method, flags, name, path)
    guard wide.packed == wide.size else {
      throw malformed("\(name.quoted): expected a stored member of \(wide.size) bytes, found \(wide.packed)")
    }
    guard disk == 0 || disk == .max, let size = Int(exactly: wide.size), let offset = Int(exactly: wide.offset) else {
      throw malformed("\(name.quoted): expected sizes that fit a file, found \(wide.size) bytes at byte \(wide.offset)")
    }
    self.name = name
    self.crc = crc
    self.size = size
    self.flags = flags
    headerOffset = offset
  }

  private static func checkMethod(_ method: UInt16, _ flags: UInt16, _ name: String, _ path: String) throws(FileError) {
    guard method == 0, flags & 0x2041 == 0 else {
      let found =
        flags & 0x2041 != 0 ? "an encrypted one" : method == 8 ? "deflate (8)" : "compression method \(method)"
      throw FileError(
        .unsupported, path: path,
        "member \(name.quoted): expected a stored member, as torch.save writes, found \(found)")
    }
  }

  /// Where the member's bytes are: after its local header, which must say what the directory says.
  ///
  /// - Throws: `FileError` (`malformed`, `unsupported`, `truncated`, `readFailed`).
  func locate(in file: InputFile, before directory: Int) throws(FileError) -> Range<Int> {
    let path = file.path
    func malformed(_ message: String) -> FileError {
      FileError(.malformed, path: path, "member \(name.quoted): \(message)")
    }
    guard headerOffset <= directory - 30 else {
      throw malformed("expected a local header before byte \(directory), found its place at byte \(headerOffset)")
    }
    var cursor = ByteCursor(try file.bytes(30, at: headerOffset))
    guard cursor.next(UInt32.self) == 0x0403_4B50, cursor.skip(2) != nil,
      let localFlags = cursor.next(UInt16.self), let method = cursor.next(UInt16.self), cursor.skip(4) != nil,
      let localCRC = cursor.next(UInt32.self), let packed = cursor.next(UInt32.self),
      let localSize = cursor.next(UInt32.self), let nameLength = cursor.next(UInt16.self),
      let extraLength = cursor.next(UInt16.self)
    else { throw malformed("expected a local header at byte \(headerOffset), found other bytes") }
    let rest = Int(nameLength) + Int(extraLength)
    guard headerOffset + 30 + rest <= directory else {
      throw malformed("expected a local header that ends before byte \(directory), found one of \(30 + rest) bytes")
    }
    var names = ByteCursor(try file.bytes(rest, at: headerOffset + 30))
    guard let localName = names.text(Int(nameLength)), localName.utf8.elementsEqual(name.utf8) else {
      throw malformed("expected the same name in its local header, found another")
    }
    try Self.checkMethod(method, localFlags, name, path)
    guard let wide = ZipWideSizes(&names, Int(extraLength), size: localSize, packed: packed, offset: 0) else {
      throw malformed("expected ZIP64 sizes in its local header for those that are missing, found other bytes")
    }
    // With a data descriptor (bit 3) the local header may leave sizes and checksum out, as zeros.
    let sizes = [wide.size, wide.packed]
    let isLater = localFlags & 8 != 0
    guard sizes.allSatisfy({ $0 == UInt64(size) || (isLater && $0 == 0) }),
      localCRC == crc || (isLater && localCRC == 0)
    else {
      throw malformed(
        "expected \(size) bytes and the checksum \(crc) in its local header as in the directory, found \(wide.size) and \(localCRC)"
      )
    }
    let start = headerOffset + 30 + rest
    guard size <= directory - start else {
      throw FileError(
        .truncated, path: path,
        "member \(name.quoted): expected \(size) bytes at byte \(start), found \(directory - start) before the ZIP directory"
      )
    }
    return start..<start + size
  }
}

/// Sizes and offset of a record, taken from its ZIP64 extra field where the short fields say so.
struct ZipWideSizes {
  private(set) var size: UInt64
  private(set) var packed: UInt64
  private(set) var offset: UInt64

  /// Reads the `length` bytes of extra fields; nil when they are cut off or lack a number that the short fields leave out.
  init?(_ cursor: inout ByteCursor, _ length: Int, size: UInt32, packed: UInt32, offset: UInt32) {
    self.size = UInt64(size)
    self.packed = UInt64(packed)
    self.offset = UInt64(offset)
    guard length <= cursor.rest else { return nil }
    let end = cursor.position + length
    var isWide = false
    while end - cursor.position >= 4 {
      guard let id = cursor.next(UInt16.self), let count = cursor.next(UInt16.self), cursor.position + Int(count) <= end
      else { return nil }
      let fieldEnd = cursor.position + Int(count)
      if id == 1 {
        guard !isWide else { return nil }
        isWide = true
        func wide(_ short: UInt32, _ value: inout UInt64) -> Bool {
          guard short == .max else { return true }
          guard fieldEnd - cursor.position >= 8, let number = cursor.next(UInt64.self) else { return false }
          value = number
          return true
        }
        guard wide(size, &self.size), wide(packed, &self.packed), wide(offset, &self.offset) else { return nil }
      }
      guard cursor.skip(fieldEnd - cursor.position) != nil else { return nil }
    }
    guard cursor.skip(end - cursor.position) != nil else { return nil }
    guard isWide || (size != .max && packed != .max && offset != .max) else { return nil }
  }
}
