internal import TensorFiles

/// A part whose footer is read; its file is opened again when its data is asked for, so that any number may be at hand.
struct PartReader {
  let path: String
  let footer: PartFile
  /// The type and shape of its rows; nil for text.
  let array: (elementType: ElementType, rowShape: [Int])?
  /// The time of the last change in nanoseconds since 1970.
  let modified: Int
  private let size: Int
  /// Where the rows stand in the file.
  private let rowBytes: Range<Int>

  /// Reads a part's footer and checks that the file is as long as it says.
  ///
  /// - Throws: `ScoringError` (`missingInput`; `data` when the file is no part, is damaged, or of another version;
  ///   `inputOutput`).
  init(_ path: String) throws(ScoringError) {
    func refusal(_ found: String, _ mend: String = "copy it again, or write it again") -> ScoringError {
      ScoringError(
        .data,
        "\(path): expected a part that a job with a shard wrote (\(RecordFormat.part.title)), found \(found); \(mend)")
    }
    let foreign = "something else or a piece of one"
    let file = try fromFile { () throws(FileError) in try InputFile(path: path) }
    guard file.size >= 8 else { throw refusal(foreign) }
    let length = try fromFile { () throws(FileError) in try file.bytes(8, at: file.size - 8) }
      .reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(min(file.size - 8, 1 << 24)) else { throw refusal(foreign) }
    let end = file.size - 8 - Int(length)
    let record = try fromFile { () throws(FileError) in try file.bytes(Int(length), at: end) }
    let lines: [Substring]
    do throws(RecordFormat.Flaw) {
      lines = try RecordFormat.part.lines(of: record)
    } catch {
      switch error {
      case .foreign: throw refusal(foreign)
      case .version(let title):
        throw refusal("\(title), of another version", "merge it with that version, or write it again")
      case .damaged: throw refusal("a damaged one, whose footer's checksum is of other bytes")
      }
    }
    guard let footer = PartFile(lines: lines) else { throw refusal("a footer whose lines do not hold together") }
    guard footer.data.bytes == end else { throw refusal("\(end) bytes of data where it says \(footer.data.bytes)") }
    self.path = path
    self.footer = footer
    (size, modified) = (file.size, file.modified)
    guard !footer.output.contains(" text ") else {
      guard footer.rows.count <= end else { throw refusal("\(end) bytes of text for \(footer.rows.count) rows") }
      (array, rowBytes) = (nil, 0..<end)
      return
    }
    let reader = try fromFile { () throws(FileError) in try NPYReader(file: file) }
    let start = try fromFile { () throws(FileError) in
      try NPYWriter.header(shape: reader.shape, elementType: reader.elementType, path: path).count
    }
    guard reader.rowCount == footer.rows.count, end - start == reader.count * reader.elementType.size else {
      throw refusal("an array of shape \(reader.shape) for \(footer.rows.count) rows")
    }
    array = (reader.elementType, Array(reader.shape.dropFirst()))
    rowBytes = start..<end
  }

  /// Checks that two parts are of one output.
  ///
  /// - Throws: `ScoringError` (`data`).
  func check(against first: PartReader) throws(ScoringError) {
    var difference = difference(footer.identity, first.footer.identity)
    if difference != nil {
      // Said already: what else differs comes of it.
    } else if footer.output != first.footer.output {
      difference = ("output \(first.footer.outputInWords)", footer.outputInWords)
    } else if footer.shard.count != first.footer.shard.count {
      difference = ("one of \(first.footer.shard.count) parts", "one of \(footer.shard.count)")
    } else if footer.selection != first.footer.selection {
      difference = ("rows \(first.footer.selection) in all parts", "\(footer.selection)")
    } else if array?.elementType != first.array?.elementType || array?.rowShape != first.array?.rowShape {
      difference = ("rows of shape \(first.array?.rowShape ?? [])", "\(array?.rowShape ?? [])")
    }
    guard let difference else { return }
    throw ScoringError(
      .data,
      "\(path): expected \(difference.0), found \(difference.1): it is not of the same output as \(first.path); "
        + "give the parts of one output, or a folder for those of several: -o FOLDER/")
  }

  /// Checks that two parts are of one job, of whatever output.
  ///
  /// - Throws: `ScoringError` (`data`).
  func check(ofJob first: PartReader) throws(ScoringError) {
    guard let (expected, found) = difference(footer.identity.ofAllItems, first.footer.identity.ofAllItems) else {
      return
    }
    throw ScoringError(
      .data,
      "\(path): expected \(expected), found \(found): it is not of the same job as \(first.path); merge the parts of "
        + "each job alone")
  }

  private func difference(_ mine: JobIdentity, _ theirs: JobIdentity) -> (expected: String, found: String)? {
    if let job = mine.value("job"), let other = theirs.value("job"), job != other {
      return ("a part of a \(other) job", "one of a \(job) job")
    }
    let names = [
      "head": "the head", "hidden": "the hidden states", "target": "the targets", "permutation": "the permutation",
    ]
    return mine.mismatch(with: theirs) { key, _ in names[key] ?? key }
  }

  /// Reads the data through.
  ///
  /// - Throws: as `Pieces.next`.
  func checkData() throws(ScoringError) {
    var pieces = try Pieces(self)
    while try pieces.next() != nil {}
  }

  /// The rows' bytes, piece by piece, compared with the footer at the end.
  struct Pieces {
    private let part: PartReader
    private let file: InputFile
    private var offset: Int
    private var hash = XXHash64()

    /// Opens the file.
    ///
    /// - Throws: `ScoringError` (`missingInput`; `data` when it is another than before; `inputOutput`).
    init(_ part: PartReader) throws(ScoringError) {
      self.part = part
      offset = part.rowBytes.lowerBound
      file = try fromFile { () throws(FileError) in try InputFile(path: part.path) }
      guard file.size == part.size else {
        throw ScoringError(
          .data, "\(part.path): expected \(part.size) bytes as before, found \(file.size); let it be and try again")
      }
      let header = try fromFile { [file, offset] () throws(FileError) in try file.bytes(offset, at: 0) }
      header.withUnsafeBytes { hash.update($0) }
    }

    /// The bytes that come next; nil after the last.
    ///
    /// - Throws: `ScoringError` (`data` in place of nil when the bytes are not those that were written; `inputOutput`).
    mutating func next() throws(ScoringError) -> [UInt8]? {
      let count = min(1 << 22, part.rowBytes.upperBound - offset)
      guard count > 0 else {
        guard hash.digest == part.footer.data.digest else {
          throw ScoringError(
            .data,
            "\(part.path): expected rows with the checksum \(String(part.footer.data.digest, radix: 16)), found "
              + "\(String(hash.digest, radix: 16)): the part is damaged; copy it again, or write it again")
        }
        return nil
      }
      let bytes = try fromFile { [file, offset] () throws(FileError) in try file.bytes(count, at: offset) }
      bytes.withUnsafeBytes { hash.update($0) }
      offset += count
      return bytes
    }
  }
}
