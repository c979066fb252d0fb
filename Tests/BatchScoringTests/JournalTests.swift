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
    journal.outputs = [Journal.Output(bytes: 140, digest: 7), Journal.Output(bytes: 9, digest: .max)]
    var tally = Tally()
    tally.counts["scored"] = 4
    tally.sums["loss", default: ExactSum()].add(-0.1)
    journal.tallies = [tally, Tally()]
    return journal
  }

  @Test func isReadAsWritten() {
    var journal = journal()
    #expect(Journal(text: journal.text) == journal)
    journal.isSealed = true
    #expect(Journal(text: journal.text) == journal)
    #expect(Journal(text: Journal(identity: JobIdentity()).text)?.isEmpty == true)
  }

  @Test func everyPieceOfAJournalIsRefused() {
    let text = journal().text
    for count in 0..<text.count { #expect(Journal(text: String(text.prefix(count))) == nil) }
    #expect(Journal(text: text + "\n") == nil)
    #expect(Journal(text: text.replacing("at 1", with: "at 2")) == nil)
    #expect(Journal(text: text.replacing("output 140", with: "output x")) == nil)
  }

  @Test func itemsThatAreNotBegunMayDiffer() {
    let identity = journal().identity
    var other = JobIdentity(identity.lines.filter { $0.item != 1 })
    other.add("rows", item: 1, "0..<5")
    #expect(identity.difference(from: other)?.mine.key == "rows")
    #expect(identity.first(1).difference(from: other.first(1)) == nil)
    #expect(identity.difference(from: identity) == nil)
    #expect(identity.difference(from: identity.first(1)) != nil)
    #expect(identity.part(of: 0).lines.map(\.key) == ["job", "hidden"])
  }
}
