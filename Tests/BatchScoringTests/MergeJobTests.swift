import AdaptiveSoftmax
import Foundation
import TensorFiles
import Testing

@testable import BatchScoring

struct MergeJobTests {
  private let files: Files
  private let whole: ScoreJob.Result

  init() throws {
    files = try Files(rows: 42)
    whole = try files.scoreJob(settings: JobSettings()).run()
  }

  private func shards(_ count: Int, ignoreIndex: Int64? = nil) throws -> [String] {
    try (1...count).map { index in
      let shard = Shard(index: index, count: count)
      _ = try files.scoreJob(
        ignoreIndex: ignoreIndex, output: "cut.npy", settings: JobSettings(batchSize: 4, overwrite: true, shard: shard)
      ).run()
      return files.path("cut.npy.\(index)-of-\(count).part")
    }
  }

  @Test(arguments: [1, 2, 3, 7, 41, 50])
  func partsAreTheBytesOfOnePiece(count: Int) throws {
    var generator = SplitMix(state: UInt64(count))
    let parts = try shards(count).shuffled(using: &generator)
    let result = try MergeJob(parts: parts, output: files.path("merged.npy")).run()
    #expect(try files.data("merged.npy") == files.data("out.npy"))
    #expect(result.rows == 42 && result.parts == count && result.job == "score")
    #expect(ScoreJob.Figures(rows: result.rows, tally: result.tally) == whole.total)
  }

  /// Bands are told of where they were asked for; parts of before there was such a line have none.
  @Test func partsTellOfBands() throws {
    for clusters in [true, false] {
      for index in 1...2 {
        let settings = JobSettings(overwrite: true, shard: Shard(index: index, count: 2))
        _ = try ScoreJob(
          head: HeadSource(path: files.path("head.safetensors")),
          files: JobFiles(
            hidden: files.path("hidden.npy"), target: files.path("targets.npy"), output: files.path("cut.npy")),
          clusters: clusters, settings: settings
        ).run()
      }
      let parts = (1...2).map { files.path("cut.npy.\($0)-of-2.part") }
      let job = try MergeJob(parts: parts, output: files.path("merged.npy"), settings: JobSettings(overwrite: true))
      let result = try job.run()
      #expect(result.clusters == (clusters ? whole.clusters : []))
      #expect(MergeJob.Result(joining: [result]).clusters == result.clusters)
    }
  }

  @Test func aPartIsAnArrayOfItsRows() throws {
    let parts = try shards(4)
    let rows = try parts.flatMap { try Tensor<Float>(npy: $0).scalars }
    #expect(try rows == Tensor<Float>(npy: files.path("out.npy")).scalars)
  }

  @Test func rowsOfLogProbMergeToo() throws {
    func job(_ output: String, _ shard: Shard?) throws -> LogProbJob {
      try LogProbJob(
        head: files.path("head.safetensors"), hidden: files.path("hidden.npy"), rows: 3..<20,
        output: files.path(output),
        settings: JobSettings(shard: shard))
    }
    _ = try job("all.npy", nil).run()
    for index in 1...3 { _ = try job("cut.npy", Shard(index: index, count: 3)).run() }
    let parts = (1...3).map { files.path("cut.npy.\($0)-of-3.part") }
    _ = try MergeJob(parts: parts, output: files.path("merged.npy")).run()
    #expect(try files.data("merged.npy") == files.data("all.npy"))
  }

  @Test func shardsAreGoneOnWith() throws {
    var parts: [String] = []
    for index in 1...2 {
      let settings = JobSettings(
        batchSize: 4, resume: true, shard: Shard(index: index, count: 2), checkpointInterval: .zero)
      let job = try files.scoreJob(output: "cut.npy", settings: settings)
      #expect(throws: ScoringError.self) {
        try job.run { (progress) throws(ScoringError) in
          if progress.rowsDone > 10 { throw ScoringError(.interrupted, "ended") }
        }
      }
      _ = try files.scoreJob(output: "cut.npy", settings: settings).run()
      parts.append(files.path("cut.npy.\(index)-of-2.part"))
    }
    _ = try MergeJob(parts: parts, output: files.path("merged.npy")).run()
    #expect(try files.data("merged.npy") == files.data("out.npy"))
  }

  @Test func whatDoesNotBelongTogetherIsRefused() throws {
    let three = try shards(3)
    let two = try shards(2)
    func refused(_ parts: [String], _ mentions: String) {
      let error = #expect(throws: ScoringError.self) {
        try MergeJob(parts: parts, output: files.path("merged.npy")).run()
      }
      #expect(error?.kind == .data)
      #expect(error?.description.contains(mentions) == true, "\(error?.description ?? "")")
      #expect(!files.names.contains("merged.npy"))
    }
    refused([three[0], three[2]], "part 2 missing")
    refused([three[0], three[1], three[2], three[1]], "part 2 in")
    refused([three[0], two[1]], "one of 3 parts")
    refused([three[0], files.path("out.npy")], "out.npy")
    refused([files.path("head.safetensors")], "head.safetensors")
    try files.copy(three[0], to: "kept.part")
    let others = try shards(3, ignoreIndex: 1)
    refused([files.path("kept.part"), others[1], others[2]], "ignore-index")
    for drop in [1, 8, 9, 100] {
      try files.copy(files.path("kept.part"), to: "cut.part")
      try files.rewrite("cut.part") { $0.removeLast(drop) }
      refused([files.path("cut.part")], "cut.part")
    }
  }
}
