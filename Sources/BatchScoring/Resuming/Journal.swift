internal import TensorFiles

/// How far a job is, as a small text file beside its outputs: replaced in one step, and only when what it says is on the disk.
struct Journal: Sendable, Equatable {
  /// A partial file as it was recorded: longer by now, perhaps, but not different.
  struct Output: Sendable, Equatable {
    var bytes: Int
    /// The checksum of the last of these bytes.
    var digest: UInt64
  }

  var identity: JobIdentity
  /// The item being written; those before have their outputs.
  var item = 0
  /// The rows of that item that are written.
  var rows = 0
  /// Whether all of the item is written and flushed, and its outputs are being given their names.
  var isSealed = false
  /// One for each output of the item; empty before its first rows.
  var outputs: [Output] = []
  /// One for each item so far.
  var tallies: [Tally] = [Tally()]

  init(identity: JobIdentity) { self.identity = identity }

  /// Whether nothing would be lost with the journal.
  var isEmpty: Bool { item == 0 && rows == 0 && !isSealed }

  var text: String {
    var lines = ["adasoft journal 1"] + identity.text
    lines.append("at \(item) \(rows) \(isSealed ? "sealed" : "open")")
    lines += outputs.map { "output \($0.bytes) \(String($0.digest, radix: 16))" }
    for tally in tallies { lines += ["tally"] + tally.lines }
    return lines.joined(separator: "\n") + "\nend\n"
  }

  /// Reads what `text` wrote; nil for anything else.
  init?(text: String) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    guard lines.popFirst() == "adasoft journal 1", lines.popLast() == "", lines.popLast() == "end" else { return nil }
    identity = JobIdentity()
    tallies = []
    for line in lines {
      let fields = line.split(separator: " ")
      switch fields.first {
      case "is": guard identity.take(line: line) else { return nil }
      case "at":
        guard fields.count == 4, let item = Int(fields[1]), let rows = Int(fields[2]) else { return nil }
        (self.item, self.rows, isSealed) = (item, rows, fields[3] == "sealed")
      case "output":
        guard fields.count == 3, let bytes = Int(fields[1]), let digest = UInt64(fields[2], radix: 16) else {
          return nil
        }
        outputs.append(Output(bytes: bytes, digest: digest))
      case "tally": tallies.append(Tally())
      default: guard !tallies.isEmpty, tallies[tallies.count - 1].take(line: line) else { return nil }
      }
    }
    guard item >= 0, rows >= 0, tallies.count == item + 1 else { return nil }
  }

  /// Reads a journal; nil where there is none.
  ///
  /// - Throws: `ScoringError` (`data` when the file is something else).
  static func read(_ path: String) throws(ScoringError) -> Journal? {
    guard FileList.exists(path) else { return nil }
    guard let journal = Journal(text: String(decoding: try TextFile.contents(of: path), as: UTF8.self)) else {
      throw ScoringError(.data, "\(path): expected the journal of a job, found something else; remove it or start over")
    }
    return journal
  }

  /// Replaces the journal; with `flushed`, returns when it is on the disk.
  func write(to path: String, flushed: Bool) throws(ScoringError) {
    try fromFile { () throws(FileError) in
      try RecordFile.write(Array(text.utf8), to: path, flushed: flushed)
    }
  }

  static func remove(_ path: String) { RecordFile.remove(path) }
}
