import AdaptiveSoftmax
import Foundation
import TensorFiles
import Testing

@testable import BatchScoring

private let most = "9223372036854775807"

/// Parts and journals that were damaged, or made to lie: refused in one line, with everything left as it was.
struct DamageTests {
  /// The text of a part's footer changed, with a checksum and a length that fit.
  private func forge(_ files: Files, _ name: String, _ change: (inout String) -> Void) throws {
    try files.rewrite(name) { data in
      let length = data.suffix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      let record = [UInt8](data.dropLast(8).suffix(length))
      var text = (try? RecordFormat.part.lines(of: record).joined(separator: "\n")) ?? ""
      change(&text)
      let forged = RecordFormat.part.bytes([text])
      data.removeLast(8 + length)
      data += forged + withUnsafeBytes(of: UInt64(forged.count).littleEndian) { Array($0) }
    }
  }

  private func parts(_ files: Files) throws -> [String] {
    try (1...2).map { index in
      _ = try files.scoreJob(
        output: "cut.npy", settings: JobSettings(batchSize: 4, overwrite: true, shard: Shard(index: index, count: 2))
      ).run()
      return "cut.npy.\(index)-of-2.part"
    }
  }

  private func merge(_ files: Files, _ parts: [String]) throws -> MergeJob.Result {
    try MergeJob(parts: parts.map { files.path($0) }, output: files.path("merged.npy")).run()
  }

  private func refusesToMerge(_ files: Files, _ parts: [String], _ mention: String) {
    let error = #expect(throws: ScoringError.self) { try merge(files, parts) }
    #expect(error?.kind == .data && error?.description.contains(mention) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("\n") == false)
    #expect(!files.names.contains { $0.contains("merged") })
  }

  @Test(
    arguments: [
      ("count scored 21", "count scored \(most)"), ("count scored 21", "count scored -1"),
      ("count scored 21", "count scored 22"), ("count scored 21", "count scored"),
      ("rows 0 21 0 42", "rows 0 \(most) -\(most) \(most)"), ("rows 0 21 0 42", "rows 0 21 -5 42"),
      ("rows 0 21 0 42", "rows 0 \(most) 0 \(most)"), ("rows 0 21 0 42", "rows 21 0 42 0"),
      ("shard 1 2", "shard \(most) \(most)"), ("shard 1 2", "shard 0 0"), ("data 212", "data \(most)"),
      ("data 212", "data -1"), ("data 212", "data"), ("output - float32", "output - text"),
    ])
  func footersThatLieAreRefused(line: String, other: String) throws {
    let files = try Files(rows: 42)
    let parts = try parts(files)
    var isChanged = false
    try forge(files, parts[0]) { text in
      let forged = text.replacing(line, with: other)
      isChanged = forged != text
      text = forged
    }
    #expect(isChanged)
    refusesToMerge(files, parts, parts[0])
  }

  /// What a footer may say: sums that no row gives are still added up.
  @Test func numbersAtTheirLargestAreAdded() throws {
    let files = try Files(rows: 42)
    let parts = try parts(files)
    for part in parts {
      try forge(files, part) { text in
        let words = text.firstMatch(of: /sum loss (\S+)/)?.1.split(separator: ".") ?? []
        let full = (words.dropLast() + ["7fffffffffffffff"]).joined(separator: ".")
        text.replace(/sum loss (\S+)/, with: "sum loss \(full)")
        text += "\ncount tiles-computed \(most)"
      }
    }
    let result = try merge(files, parts)
    #expect(result.tally.sum("loss").isNaN && result.tally.count("tiles-computed") == .max)
  }

  @Test func everyDamagedByteOfAPartIsFound() throws {
    let files = try Files(rows: 42)
    let parts = try parts(files)
    let whole = try files.data(parts[1])
    let header = whole.count - 8
    for i in stride(from: 1, to: header, by: 7) {
      try files.rewrite(parts[1]) { $0[i] ^= 0x10 }
      refusesToMerge(files, parts, parts[1])
      try files.rewrite(parts[1]) { $0 = whole }
    }
    try files.rewrite(parts[1]) { $0[140] ^= 1 }
    refusesToMerge(files, parts, "the part is damaged")
    try files.rewrite(parts[1]) { $0 = whole }
    #expect(try merge(files, parts).rows == 42)
  }

  @Test func partsOfAnotherVersionAreNamedSo() throws {
    let files = try Files(rows: 42)
    let parts = try parts(files)
    try files.rewrite(parts[0]) { data in
      let title = data.firstRange(of: Data("adasoft part 2".utf8))!
      data[title.upperBound - 1] = UInt8(ascii: "1")
    }
    refusesToMerge(files, parts, "found adasoft part 1, of another version")
  }

  private func interrupt(_ files: Files, shard: Shard? = nil) throws {
    let settings = JobSettings(batchSize: 4, resume: true, shard: shard, checkpointInterval: .zero)
    let job = try files.scoreJob(settings: settings)
    _ = #expect(throws: ScoringError.self) {
      try job.run { (progress) throws(ScoringError) in
        if progress.rowsDone >= 16 { throw ScoringError(.interrupted, "ended") }
      }
    }
  }

  private func forgeJournal(_ files: Files, _ name: String, _ change: (String) -> String) throws {
    try files.rewrite(name) { data in
      let lines = (try? RecordFormat.journal.lines(of: [UInt8](data)).joined(separator: "\n")) ?? ""
      #expect(change(lines) != lines)
      data = Data(RecordFormat.journal.bytes([change(lines)]))
    }
  }

  @Test(
    arguments: [
      ("at 0 12 open", "at \(most) 0 open"), ("at 0 12 open", "at 0 0 sealed"), ("at 0 12 open", "at 0 42 sealed"),
      ("at 0 12 open", "at 0 \(most) open"), ("at 0 12 open", "at 0 8 open"), ("at 0 12 open", "at 0 0 open"),
      ("count scored 12", "count scored \(most)"), ("count scored 12", "count scored -2"),
      ("\noutput ", "\nis output "),
      ("output 176", "output \(most)"), ("output 176", "output 160"), ("output 176", "output 0"),
    ])
  func journalsThatLieAreRefused(line: String, other: String) throws {
    let files = try Files(rows: 42)
    try interrupt(files)
    try forgeJournal(files, "out.npy.journal") { $0.replacing(line, with: other) }
    let before = try files.contents()
    let error = #expect(throws: ScoringError.self) {
      try files.scoreJob(settings: JobSettings(batchSize: 4, resume: true)).run()
    }
    #expect(
      error?.kind == .data && error?.description.contains("out.npy.journal") == true, "\(error?.description ?? "")")
    #expect(try files.contents() == before)
  }

  /// A line about a file that the job does not have.
  @Test func aJournalOfOtherFilesIsRefused() throws {
    let files = try Files(rows: 42)
    try interrupt(files)
    try forgeJournal(files, "out.npy.journal") { $0.replacing("at 0 12", with: "is rows#7 0..<5\nat 0 12") }
    try forgeJournal(files, "out.npy.journal") {
      $0.replacing("at 0 12", with: "at 7 12") + String(repeating: "\ntally", count: 7)
    }
    let error = #expect(throws: ScoringError.self) {
      try files.scoreJob(settings: JobSettings(batchSize: 4, resume: true)).run()
    }
    #expect(
      error?.kind == .data && error?.description.contains("out.npy.journal") == true, "\(error?.description ?? "")")
  }

  /// Files that are written to by others while the job is at them.
  @Test(arguments: ["hidden.npy", "targets.npy"]) func anInputThatChangesEndsTheJob(name: String) throws {
    let files = try Files(rows: 42)
    let settings = JobSettings(batchSize: 4, checkpointInterval: .zero)
    let error = #expect(throws: ScoringError.self) {
      try files.scoreJob(settings: settings).run { (progress) throws(ScoringError) in
        if progress.rowsDone == 8 { try? files.overwriteInPlace(name) }
      }
    }
    #expect(error?.kind == .data && error?.rowsKept == nil, "\(error?.description ?? "")")
    #expect(error?.description.contains("\(name): expected a file that stays as it is") == true)
    #expect(files.names == ["head.safetensors", "hidden.npy", "targets.npy"])
  }

  /// Rows whose file is gone are not said to be kept.
  @Test func aPartialFileThatIsRemovedEndsTheJob() throws {
    let files = try Files(rows: 42)
    let settings = JobSettings(batchSize: 4, checkpointInterval: .zero)
    let error = #expect(throws: ScoringError.self) {
      try files.scoreJob(settings: settings).run { (progress) throws(ScoringError) in
        if progress.rowsDone == 16 { try? files.remove("out.npy.partial") }
      }
    }
    #expect(error?.kind == .inputOutput && error?.rowsKept == nil, "\(error?.description ?? "")")
    #expect(error?.description.contains("out.npy.partial: expected the file that is being written") == true)
    #expect(files.names == ["head.safetensors", "hidden.npy", "targets.npy"])
  }

  /// A byte that was written long before the end.
  @Test(arguments: [nil, Shard("2/2")]) func damageBetweenTwoRunsIsFound(shard: Shard?) throws {
    let files = try Files(rows: 42)
    try interrupt(files, shard: shard)
    let partial = try #require(files.names.first { $0.hasSuffix(".partial") })
    try files.rewrite(partial) { $0[130] ^= 1 }
    let before = try files.contents()
    let error = #expect(throws: ScoringError.self) {
      try files.scoreJob(settings: JobSettings(resume: true, shard: shard)).run()
    }
    #expect(error?.kind == .data && error?.description.contains(partial) == true, "\(error?.description ?? "")")
    #expect(try files.contents() == before)
  }
}
