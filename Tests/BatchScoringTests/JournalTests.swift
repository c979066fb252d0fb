import TensorFiles
import Testing

@testable import BatchScoring

struct JournalTests {
  private func journal() -> Journal {
    var identity = JobIdentity()
    identity.add("job", "score")
    identity.add("hidden", item: 0, "16 bytes ff")
    identity.add("hidden-changed", item: 0, "12")
    identity.add("rows", item: 1, "0..<4")
    var journal = Journal(identity: identity)
    journal.item = 1
    journal.rows = 3
    journal.outputs = [PartialFile.Mark(bytes: 140, digest: 7), PartialFile.Mark(bytes: 9, digest: .max)]
    var tally = Tally()
    tally.counts["scored"] = 4
    tally.sums["loss", default: ExactSum()].add(-0.1)
    journal.tallies = [tally, Tally()]
    return journal
  }

  private func read(_ bytes: [UInt8]) -> Journal? { try? Journal(bytes, path: "j") }

  @Test func isReadAsWritten() {
    var journal = journal()
    #expect(read(journal.bytes) == journal)
    journal.isSealed = true
    #expect(read(journal.bytes) == journal)
    #expect(read(Journal(identity: JobIdentity()).bytes)?.isEmpty == true)
  }

  @Test func everyPieceAndEveryOtherByteIsRefused() {
    let bytes = journal().bytes
    for count in 0..<bytes.count { #expect(read(Array(bytes.prefix(count))) == nil) }
    #expect(read(bytes + [UInt8(ascii: "\n")]) == nil)
    for i in bytes.indices {
      var damaged = bytes
      damaged[i] ^= 1
      #expect(read(damaged) == nil)
    }
  }

  /// Lines that carry their checksum and are wrong all the same.
  @Test(
    arguments: [
      ("at 1 3 open", "at 2 3 open"), ("at 1 3 open", "at 9223372036854775807 0 open"), ("at 1 3 open", "at -1 3 open"),
      ("at 1 3 open", "at 1 -3 open"), ("at 1 3 open", "at 1"), ("output 140", "output x"), ("output 140", "output -1"),
      ("count scored 4", "count scored"), ("tally\n", ""), ("is job", "was job"),
    ])
  func linesThatDoNotHoldTogetherAreRefused(line: String, other: String) throws {
    let lines = try RecordFormat.journal.lines(of: journal().bytes).joined(separator: "\n")
    #expect(read(RecordFormat.journal.bytes([lines])) == journal())
    let changed = lines.replacing(line, with: other)
    #expect(changed != lines && read(RecordFormat.journal.bytes([changed])) == nil)
  }

  @Test func theErrorSaysWhatIsWrong() {
    let bytes = journal().bytes
    let old = Array(String(decoding: bytes, as: UTF8.self).replacing("journal 2", with: "journal 1").utf8)
    for (bytes, mention) in [
      (old, "found adasoft journal 1, of another version"), (bytes.dropLast(9), "found a damaged one"),
      ([1, 2], "found something else"),
    ] {
      let error = #expect(throws: ScoringError.self) { try Journal(Array(bytes), path: "j") }
      #expect(error?.kind == .data && error?.description.contains(mention) == true, "\(error?.description ?? "")")
    }
  }

  @Test func itemsThatAreNotBegunMayDiffer() {
    let identity = journal().identity
    var other = JobIdentity(identity.lines.filter { $0.item != 1 })
    other.add("rows", item: 1, "0..<5")
    #expect(identity.differences(from: other).map(\.key) == ["rows"])
    #expect(identity.first(1).differences(from: other.first(1)).isEmpty)
    #expect(identity.differences(from: identity).isEmpty)
    #expect(!identity.differences(from: identity.first(1)).isEmpty)
    #expect(identity.part(of: 0).lines.map(\.key) == ["job", "hidden"])
  }
}
