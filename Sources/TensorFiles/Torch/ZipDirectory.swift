/// Where a ZIP file's central directory is and how many members it lists, by the records at the file's end.
struct ZipDirectory {
  let range: Range<Int>
  let count: Int

  private static let endSize = 22
  private static let locatorSize = 20

  /// Finds the end record, and the ZIP64 one where its locator stands before it; where both give a number they must agree.
  ///
  /// - Throws: `FileError` (`malformed`, `unsupported`, `truncated`, `readFailed`).
  init(_ file: InputFile) throws(FileError) {
    let path = file.path
    func malformed(_ message: String) -> FileError { FileError(.malformed, path: path, message) }

    let tail = try file.bytes(min(file.size, Self.endSize + 0xFFFF), at: max(0, file.size - Self.endSize - 0xFFFF))
    guard let start = Self.endRecord(tail) else {
      let isZip = try file.bytes(min(4, file.size), at: 0) == [0x50, 0x4B, 3, 4]
      throw FileError(
        isZip ? .truncated : .malformed, path: path,
        "expected a ZIP file, as torch.save writes it since PyTorch 1.6, found no end record: the file is cut off or of another format"
      )
    }
    let endOffset = file.size - tail.count + start
    var end = ByteCursor(tail, start + 4..<tail.count)
    guard let disk = end.next(UInt16.self), let firstDisk = end.next(UInt16.self),
      let countHere = end.next(UInt16.self), let count = end.next(UInt16.self),
      let size = end.next(UInt32.self), let offset = end.next(UInt32.self)
    else { throw malformed("expected a whole ZIP end record, found \(tail.count - start) bytes of it") }

    let numbers: (count: UInt64, size: UInt64, offset: UInt64, end: Int)
    if let wide = try Self.wideRecord(file, before: endOffset) {
      let agree =
        (count == .max || UInt64(count) == wide.count) && (size == .max || UInt64(size) == wide.size)
        && (offset == .max || UInt64(offset) == wide.offset)
      guard agree else {
        throw malformed(
          "expected the ZIP64 end record to agree with the ZIP end record (\(count) members, \(size) bytes at \(offset)), found \(wide.count), \(wide.size) at \(wide.offset)"
        )
      }
      numbers = wide
    } else {
      guard count != .max, size != .max, offset != .max else {
        throw malformed("expected a ZIP64 end record for a directory of so many bytes or members, found none")
      }
      guard disk == 0, firstDisk == 0, countHere == count else {
        throw FileError(.unsupported, path: path, "expected a ZIP file in one part, found part \(disk) of several")
      }
      numbers = (UInt64(count), UInt64(size), UInt64(offset), endOffset)
    }
    let (last, overflow) = numbers.offset.addingReportingOverflow(numbers.size)
    guard !overflow, last == UInt64(numbers.end) else {
      throw malformed(
        "expected the ZIP directory to end at byte \(numbers.end), found one of \(numbers.size) bytes at byte \(numbers.offset)"
      )
    }
    guard numbers.count <= numbers.size / 46 else {
      throw malformed("expected \(numbers.count) members in the ZIP directory, found \(numbers.size) bytes")
    }
    range = Int(numbers.offset)..<Int(last)
    self.count = Int(numbers.count)
  }

  /// Where the end record starts: the last one whose comment ends with the file.
  private static func endRecord(_ tail: [UInt8]) -> Int? {
    guard tail.count >= endSize else { return nil }
    for start in stride(from: tail.count - endSize, through: 0, by: -1)
    where tail[start] == 0x50 && tail[start + 1] == 0x4B && tail[start + 2] == 5 && tail[start + 3] == 6 {
      let comment = Int(tail[start + 20]) | Int(tail[start + 21]) << 8
      if start + endSize + comment == tail.count { return start }
    }
    return nil
  }

  /// The numbers of the ZIP64 end record and where it starts; nil when no locator stands before the end record.
  private static func wideRecord(_ file: InputFile, before endOffset: Int) throws(FileError) -> (
    count: UInt64, size: UInt64, offset: UInt64, end: Int
  )? {
    guard endOffset >= locatorSize else { return nil }
    var locator = ByteCursor(try file.bytes(locatorSize, at: endOffset - locatorSize))
    guard locator.next(UInt32.self) == 0x0706_4B50, locator.next(UInt32.self) != nil,
      let offset = locator.next(UInt64.self)
    else { return nil }
    func malformed(_ found: String) -> FileError {
      FileError(
        .malformed, path: file.path,
        "expected a ZIP64 end record before byte \(endOffset - locatorSize), found \(found)")
    }
    guard endOffset - locatorSize >= 56, offset <= UInt64(endOffset - locatorSize - 56) else {
      throw malformed("its place at byte \(offset)")
    }
    var record = ByteCursor(try file.bytes(56, at: Int(offset)))
    guard record.next(UInt32.self) == 0x0606_4B50, let rest = record.next(UInt64.self) else {
      throw malformed("something else at byte \(offset)")
    }
    guard rest >= 44, rest == UInt64(endOffset - locatorSize - 12) - offset else {
      throw malformed("one of \(rest) bytes at byte \(offset)")
    }
    guard record.skip(4) != nil, let disk = record.next(UInt32.self), let firstDisk = record.next(UInt32.self),
      let countHere = record.next(UInt64.self), let count = record.next(UInt64.self),
      let size = record.next(UInt64.self), let directory = record.next(UInt64.self),
      disk == 0, firstDisk == 0, countHere == count
    else { throw malformed("one of a file in several parts") }
    return (count, size, directory, Int(offset))
  }
}
