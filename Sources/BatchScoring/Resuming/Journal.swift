internal import TensorFiles

/// How far a job is, as a small text file beside its outputs: replaced in one step, and only when what it says is on the disk.
struct Journal: Sendable, Equatable {
  var identity: JobIdentity
  /// The item being written; those before have their outputs.
  var item = 0
  /// The rows of that item that are written.
  var rows = 0
  /// Whether all of the item is written and flushed, and its outputs are being given their names.
  var isSealed = false
  /// How far each partial file of the item was written, which may be longer by now, but not different; empty before its
  /// first rows.
  var outputs: [PartialFile.Mark] = []
  /// One for each item so far.
  var tallies: [Tally] = [Tally()]

  init(identity: JobIdentity) { self.identity = identity }

  /// Whether nothing would be lost with the journal.
  var isEmpty: Bool { item == 0 && rows == 0 && !isSealed && outputs.isEmpty }

  var bytes: [UInt8] {
    var lines = identity.text
    lines.append("at \(item) \(rows) \(isSealed ? "sealed" : "open")")
    lines += outputs.map { "output \($0.bytes) \(String($0.digest, radix: 16))" }
    for tally in tallies { lines += ["tally"] + tally.lines }
    return RecordFormat.journal.bytes(lines)
  }

  /// Takes the lines of `bytes`; nil for anything else.
  private init?(lines: [Substring]) {
    identity = JobIdentity()
    tallies = []
    for line in lines {
      let fields = line.split(separator: " ")
      switch fields.first {
      case "is": guard identity.take(line: line) else { return nil }
      case "at":
        guard fields.count == 4, let item = Int(fields[1]), let rows = Int(fields[2]),
          ["open", "sealed"].contains(fields[3])
        else { return nil }
        (self.item, self.rows, isSealed) = (item, rows, fields[3] == "sealed")
      case "output":
        guard fields.count == 3, let bytes = Int(fields[1]), bytes >= 0, let digest = UInt64(fields[2], radix: 16)
        else { return nil }
        outputs.append(PartialFile.Mark(bytes: bytes, digest: digest))
      case "tally": tallies.append(Tally())
      default: guard !tallies.isEmpty, tallies[tallies.count - 1].take(line: line) else { return nil }
      }
    }
    guard item >= 0, rows >= 0, item == tallies.count - 1 else { return nil }
  }

  /// Reads what `bytes` wrote to the file at `path`.
  ///
  /// - Throws: `ScoringError` (`data` for anything else).
  init(_ bytes: [UInt8], path: String) throws(ScoringError) {
    let found: String
    do throws(RecordFormat.Flaw) {
      if let journal = Journal(lines: try RecordFormat.journal.lines(of: bytes)) {
        self = journal
        return
      }
      found = "lines that do not hold together"
    } catch {
      found =
        switch error {
        case .foreign: "something else"
        case .version(let title): "\(title), of another version, which alone goes on with it"
        case .damaged: "a damaged one, whose checksum is of other bytes"
        }
    }
    throw ScoringError(
      .data,
      "\(path): expected the journal of a job (\(RecordFormat.journal.title)), found \(found); remove it or start over")
  }

  /// Reads a journal; nil where there is none.
  ///
  /// - Throws: `ScoringError` (`data` when the file is something else, or damaged; `missingInput`, `inputOutput` when it
  ///   cannot be read).
  static func read(_ path: String) throws(ScoringError) -> Journal? {
    guard FileList.exists(path) else { return nil }
    let bytes = try fromFile { () throws(FileError) in
      let file = try InputFile(path: path)
      return try file.bytes(file.size, at: 0)
    }
    return try Journal(bytes, path: path)
  }

  /// Replaces the journal; with `flushed`, returns when it is on the disk.
  func write(to path: String, flushed: Bool) throws(ScoringError) {
    try fromFile { () throws(FileError) in try RecordFile.write(bytes, to: path, flushed: flushed) }
  }

  static func remove(_ path: String) { RecordFile.remove(path) }
}
