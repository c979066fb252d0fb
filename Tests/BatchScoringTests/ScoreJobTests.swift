import AdaptiveSoftmax
import Foundation
import TensorFiles
import Testing

@testable import BatchScoring

struct ScoreJobTests {
  @Test func progressCountsRowsAndLosses() throws {
    let files = try Files(rows: 10)
    let job = try files.job(batchSize: 4)
    var seen: [JobProgress] = []
    let result = try job.run { (progress) throws(ScoringError) in seen.append(progress) }
    #expect(seen.map(\.rowsDone) == [0, 4, 8, 10])
    #expect(seen.allSatisfy { $0.rowsTotal == 10 && $0.rowsScored == $0.rowsDone })
    let scores = try Tensor<Float>(npy: files.path("out.npy")).scalars
    for progress in seen {
      #expect(progress.lossSum == -scores[..<progress.rowsDone].reduce(0) { $0 + Double($1) })
    }
    #expect(result.loss == seen[3].lossSum / 10)
    #expect(result.perplexity == exp(result.loss))
  }

  @Test func recallIsAtSomeClasses() {
    let error = #expect(throws: ScoringError.self) { try RankTally(recall: [5, 0], isExact: true) }
    #expect(error?.kind == .usage && error?.description.contains("found 0") == true)
  }

  @Test func theMeanDoesNotDependOnTheBatch() throws {
    let files = try Files(rows: 50)
    let expected = try files.job(batchSize: 50, output: nil).run()
    for batchSize in [1, 3, 7, 49] {
      #expect(try files.job(batchSize: batchSize, output: nil).run() == expected)
    }
    #expect(!FileManager.default.fileExists(atPath: files.path("out.npy")))
  }

  @Test func anErrorOfTheCallbackEndsTheJob() throws {
    let files = try Files(rows: 10)
    let job = try files.job(batchSize: 4)
    let error = ScoringError(.data, "enough")
    #expect(throws: error) {
      try job.run { (progress) throws(ScoringError) in if progress.rowsDone == 8 { throw error } }
    }
    #expect(files.names == ["head.safetensors", "hidden.npy", "targets.npy"])
  }

  @Test(arguments: ["hidden.npy", "targets.npy"])
  func aFileCutOffWhileBeingReadIsAnError(name: String) throws {
    let files = try Files(rows: 100)
    let job = try files.job(batchSize: 4)
    let error = #expect(throws: ScoringError.self) {
      try job.run { (progress) throws(ScoringError) in
        if progress.rowsDone == 4 { truncate(files.path(name), 140) }
      }
    }
    #expect(error?.kind == .data)
    #expect(error?.description.contains("\(name): ") == true)
    #expect(files.names == ["head.safetensors", "hidden.npy", "targets.npy"])
  }

  @Test func anOutputTakenMeanwhileIsKept() throws {
    let files = try Files(rows: 10)
    let job = try files.job(batchSize: 4)
    let error = #expect(throws: ScoringError.self) {
      try job.run { (progress) throws(ScoringError) in
        if progress.rowsDone == 4 { _ = FileManager.default.createFile(atPath: files.path("out.npy"), contents: nil) }
      }
    }
    #expect(error?.kind == .outputExists)
    #expect(try Data(contentsOf: URL(fileURLWithPath: files.path("out.npy"))).isEmpty)
  }

  /// Float16, BFloat16 and Float64 heads and hidden states are taken; the answers are Float's of the same numbers.
  @Test(arguments: [ElementType.float16, .bfloat16, .float64])
  func storageTypesComputeInFloat(type: ElementType) throws {
    let files = try Files(rows: 10)
    let expected = try files.job(batchSize: 10, output: nil).run()
    try files.convertHead(to: type)
    if type != .bfloat16 { try files.convertHidden(to: type) }
    #expect(try files.job(batchSize: 10, output: nil).run() == expected)
  }
}
