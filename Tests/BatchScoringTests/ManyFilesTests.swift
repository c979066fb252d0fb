import AdaptiveSoftmax
import Foundation
import TensorFiles
import Testing

@testable import BatchScoring

/// Jobs over several files of hidden states.
struct ManyFilesTests {
  /// The rows of hidden.npy cut into files h/0.npy, h/1.npy, ..., with their targets in t.
  private func cut(_ files: Files, _ bounds: [Int]) throws {
    try files.makeFolder("h")
    try files.makeFolder("t")
    let hidden = try Tensor<Float>(npy: files.path("hidden.npy")).scalars
    let targets = try Tensor<Int64>(npy: files.path("targets.npy")).scalars
    for (i, (start, end)) in zip(bounds, bounds.dropFirst()).enumerated() {
      try Tensor<Float>(shape: [end - start, 8], scalars: Array(hidden[(8 * start)..<(8 * end)]))
        .save(npy: files.path("h/\(i).npy"))
      try Tensor<Int64>(shape: [end - start], scalars: Array(targets[start..<end])).save(npy: files.path("t/\(i).npy"))
    }
  }

  private func job(_ files: Files, _ settings: JobSettings, mostOpen: Int? = nil) throws -> ScoreJob {
    try ScoreJob(
      head: HeadSource(path: files.path("head.safetensors")),
      files: JobFiles(hidden: [files.path("h")], target: [files.path("t")], output: files.path("out")),
      settings: settings)
  }

  private func scores(_ files: Files, _ name: String) throws -> [Float] {
    try Tensor<Float>(npy: files.path(name)).scalars
  }

  @Test func theyAreTheRowsOfOne() throws {
    let files = try Files(rows: 42)
    let whole = try files.scoreJob(settings: JobSettings()).run()
    try cut(files, [0, 10, 10, 11, 42])
    let result = try job(files, JobSettings(batchSize: 4)).run()
    #expect(result.total == whole.total)
    #expect(result.files.map(\.figures.rows) == [10, 0, 1, 31])
    #expect(try (0..<4).flatMap { try scores(files, "out/\($0).npy") } == scores(files, "out.npy"))
    #expect(files.names(in: "out") == ["0.npy", "1.npy", "2.npy", "3.npy"])
  }

  @Test func moreFilesThanAreKeptOpen() throws {
    let files = try Files(rows: 100)
    let whole = try files.scoreJob(settings: JobSettings()).run()
    try cut(files, Array(0...100))
    #expect(try job(files, JobSettings()).run().total == whole.total)
    #expect(files.names(in: "out").count == 100)
  }

  @Test func theyAreGoneOnWithFromEveryBatch() throws {
    let files = try Files(rows: 42)
    let whole = try files.scoreJob(settings: JobSettings()).run()
    try cut(files, [0, 10, 20, 42])
    var kept: [Int] = []
    for row in stride(from: 4, to: 42, by: 3) {
      let error = #expect(throws: ScoringError.self) {
        try job(files, JobSettings(batchSize: 3, resume: true, checkpointInterval: .zero)).run {
          (progress) throws(ScoringError) in
          if progress.rowsDone >= row { throw ScoringError(.interrupted, "ended") }
        }
      }
      kept.append(error?.rowsKept ?? 0)
    }
    #expect(kept == kept.sorted() && Set(kept).count > 5 && kept.contains { $0 > 20 })
    let result = try job(files, JobSettings(resume: true)).run()
    #expect(result.total == whole.total && result.rowsResumed == kept.last)
    #expect(try (0..<3).flatMap { try scores(files, "out/\($0).npy") } == scores(files, "out.npy"))
    #expect(files.names(in: "out") == ["0.npy", "1.npy", "2.npy"])
  }

  /// A bad row in the third file: the first two stay done, and the third may be mended.
  @Test func aBadFileMayBeMended() throws {
    let files = try Files(rows: 42)
    let whole = try files.scoreJob(settings: JobSettings()).run()
    try cut(files, [0, 10, 20, 42])
    let good = try Tensor<Float>(npy: files.path("h/2.npy"))
    var bad = good.scalars
    bad[8 * 9] = .infinity
    try Tensor<Float>(shape: good.shape, scalars: bad).save(npy: files.path("h/2.npy"), overwrite: true)
    let error = #expect(throws: ScoringError.self) { try job(files, JobSettings(batchSize: 4)).run() }
    #expect(error?.kind == .data && error?.rowsKept == 20)
    #expect(files.names(in: "out") == ["0.npy", "1.npy", "score.journal"])
    try good.save(npy: files.path("h/2.npy"), overwrite: true)
    let result = try job(files, JobSettings(resume: true)).run()
    #expect(result.total == whole.total && result.rowsResumed == 20)
    #expect(files.names(in: "out") == ["0.npy", "1.npy", "2.npy"])
  }
}
