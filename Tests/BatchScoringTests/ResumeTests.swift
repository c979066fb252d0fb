import AdaptiveSoftmax
import Foundation
import TensorFiles
import Testing

@testable import BatchScoring

/// Jobs ended by their callback and gone on with.
struct ResumeTests {
  private static let ended = ScoringError(.interrupted, "ended")

  /// Runs the job up to `row` and returns the rows that are kept.
  private func run(_ files: Files, upTo row: Int, resume: Bool = true) throws -> Int? {
    let job = try files.scoreJob(settings: JobSettings(batchSize: 4, resume: resume, checkpointInterval: .zero))
    let error = #expect(throws: ScoringError.self) {
      try job.run { (progress) throws(ScoringError) in if progress.rowsDone >= row { throw Self.ended } }
    }
    #expect(error?.kind == .interrupted)
    return error?.rowsKept
  }

  @Test func goesOnFromEveryBatch() throws {
    let files = try Files(rows: 42)
    let expected = try files.scoreJob(settings: JobSettings()).run()
    let bytes = try files.data("out.npy")
    try files.remove("out.npy")
    for row in stride(from: 8, to: 42, by: 4) {
      #expect(try run(files, upTo: row) == row - 4)
      #expect(files.names.contains("out.npy.partial") && files.names.contains("out.npy.journal"))
      #expect(!files.names.contains("out.npy"))
    }
    var first: JobProgress?
    let result = try files.scoreJob(settings: JobSettings(batchSize: 5, resume: true)).run {
      (progress) throws(ScoringError) in first = first ?? progress
    }
    #expect(first?.rowsDone == 36 && first?.rowsScored == 36)
    #expect(result.total == expected.total && result.rowsResumed == 36)
    #expect(try files.data("out.npy") == bytes)
    #expect(files.names == ["head.safetensors", "hidden.npy", "out.npy", "targets.npy"])
  }

  @Test func nothingIsKeptOfNothing() throws {
    let files = try Files(rows: 42)
    #expect(try run(files, upTo: 0) == nil)
    #expect(files.names == ["head.safetensors", "hidden.npy", "targets.npy"])
  }

  @Test func anUnfinishedRunIsNotReplacedUnasked() throws {
    let files = try Files(rows: 42)
    _ = try run(files, upTo: 20)
    let names = files.names
    let error = #expect(throws: ScoringError.self) { try files.scoreJob(settings: JobSettings()) }
    #expect(error?.kind == .unfinished)
    #expect(files.names == names)
    try files.remove("out.npy.journal")
    for resume in [false, true] {
      let error = #expect(throws: ScoringError.self) { try files.scoreJob(settings: JobSettings(resume: resume)) }
      #expect(error?.kind == .outputExists && error?.description.contains("out.npy.partial") == true)
    }
    _ = try files.scoreJob(settings: JobSettings(overwrite: true)).run()
    #expect(files.names == ["head.safetensors", "hidden.npy", "out.npy", "targets.npy"])
  }

  /// What may change between two runs: the error must say it, and leave everything as it is.
  @Test(arguments: ["head", "hidden", "target", "touched", "option", "job", "partial", "cut", "journal"])
  func foreignResultsAreRefused(change: String) throws {
    let files = try Files(rows: 42)
    _ = try run(files, upTo: 20)
    let mentions: String
    switch change {
    case "head":
      try files.convertHead(to: .float16)
      mentions = "head.safetensors"
    case "hidden":
      try files.rewriteHidden { $0[3] += 1 }
      mentions = "hidden.npy"
    case "target":
      try Tensor<Int64>((0..<42).map { Int64($0 % 20) }).save(npy: files.path("targets.npy"), overwrite: true)
      mentions = "targets.npy"
    case "touched":
      try FileManager.default.setAttributes(
        [.modificationDate: Date.distantPast], ofItemAtPath: files.path("hidden.npy"))
      mentions = "changed"
    case "partial":
      try files.rewrite("out.npy.partial") { $0[150] ^= 1 }
      mentions = "out.npy.partial"
    case "cut":
      try files.rewrite("out.npy.partial") { $0.removeLast(16) }
      mentions = "out.npy.partial"
    case "journal":
      try files.rewrite("out.npy.journal") { $0.removeLast() }
      mentions = "out.npy.journal"
    default: mentions = change == "option" ? "--ignore-index 3" : "predict job"
    }
    let before = try files.contents()
    let error = #expect(throws: ScoringError.self) {
      let settings = JobSettings(resume: true)
      if change == "job" {
        _ = try PredictJob(
          head: files.path("head.safetensors"), hidden: files.path("hidden.npy"), output: files.path("out.npy"),
          settings: settings
        ).run()
      } else {
        _ = try files.scoreJob(ignoreIndex: change == "option" ? 3 : nil, settings: settings).run()
      }
    }
    #expect(error?.kind == .data)
    #expect(error?.description.contains(mentions) == true, "\(error?.description ?? "")")
    #expect(try files.contents() == before)
  }

  /// Rows in one order of the classes are not gone on with in another.
  @Test func anotherPermutationIsRefused() throws {
    let files = try Files(rows: 42)
    let classes = try HeadFile(path: files.path("head.safetensors"), io: .auto).layout.nClasses
    for (name, shift) in [("one.npy", 1), ("two.npy", 2)] {
      try Tensor((0..<classes).map { Int64(($0 + shift) % classes) }).save(npy: files.path(name))
    }
    func job(_ permutation: String?) throws -> PredictJob {
      try PredictJob(
        head: HeadSource(path: files.path("head.safetensors"), permutation: permutation.map { files.path($0) }),
        files: JobFiles(hidden: files.path("hidden.npy"), output: files.path("out.npy")),
        settings: JobSettings(batchSize: 4, resume: true, checkpointInterval: .zero))
    }
    _ = #expect(throws: ScoringError.self) {
      try job("one.npy").run { (progress) throws(ScoringError) in if progress.rowsDone >= 20 { throw Self.ended } }
    }
    for (name, mentions) in [("two.npy", "two.npy as the job began with it"), (nil, "permutation")] {
      let error = #expect(throws: ScoringError.self) { try job(name) }
      #expect(error?.kind == .data && error?.description.contains(mentions) == true, "\(error?.description ?? "")")
    }
    #expect(try job("one.npy").run().counts.rowsResumed == 16)
  }

  @Test func aBadRowLeavesNothing() throws {
    let files = try Files(rows: 42)
    try files.rewriteHidden { $0[8 * 30] = .nan }
    let job = try files.scoreJob(settings: JobSettings(batchSize: 4, checkpointInterval: .zero))
    let error = #expect(throws: ScoringError.self) { try job.run() }
    #expect(error?.kind == .data && error?.rowsKept == nil)
    #expect(error?.description.contains("row 30: not finite") == true)
    #expect(files.names == ["head.safetensors", "hidden.npy", "targets.npy"])
  }

  @Test func aJobWithoutOutputHasNothingToResume() throws {
    let files = try Files(rows: 5)
    for settings in [JobSettings(resume: true), JobSettings(shard: Shard("1/2"))] {
      let error = #expect(throws: ScoringError.self) { try files.scoreJob(output: nil, settings: settings) }
      #expect(error?.kind == .usage)
    }
  }
}
