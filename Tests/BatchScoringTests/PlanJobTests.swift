import AdaptiveSoftmax
import Foundation
import TensorFiles
import TestSupport
import Testing

@testable import BatchScoring

#if canImport(FoundationXML)
  import FoundationXML
#endif

struct PlanJobTests {
  /// 1,000 classes as a text has them, the odd ones first.
  private static func folder() throws -> PlanFolder {
    let folder = try PlanFolder()
    let order = Array(stride(from: 1, to: 1000, by: 2)) + Array(stride(from: 0, to: 1000, by: 2))
    try folder.write(order.map { "word\($0)\t\(1_000_000 / ($0 + 1))\n" }.joined(), "counts.tsv")
    return folder
  }

  @Test func plansAndWrites() throws {
    let folder = try Self.folder()
    let job = try PlanJob(
      counts: folder.path("counts.tsv"),
      settings: PlanJob.Settings(
        features: 64, batch: 100, plot: folder.path("plan.svg"), permutation: folder.path("order.npy")))
    #expect(!job.wasSorted)
    #expect(job.zeroWidthClusters == [4, 5])
    let result = try job.run(costs: try CostModels.simple())
    #expect(folder.names == ["counts.tsv", "order.npy", "plan.svg"])
    #expect(result.plan.byClusters.map(\.cutoffs.count) == [1, 2, 3])
    #expect(result.speedupOverUsual >= 1 && result.speedupOverFull > 1)
    #expect(result.usual.cutoffs == [45, 227])
    let alike = try #require(result.alike)
    #expect(alike.secondsPerRow <= result.usual.secondsPerRow)
    #expect(alike.shortlistShare >= result.usual.shortlistShare)
    #expect(alike.tailFeatures.min()! >= result.usual.tailFeatures.min()!)
    let order = try PermutationFile.read(folder.path("order.npy"), classes: 1000)
    #expect(order.originals.prefix(4) == [500, 0, 501, 1])
    let plot = try Data(contentsOf: URL(fileURLWithPath: folder.path("plan.svg")))
    #expect(XMLParser(data: plot).parse())
    let text = String(decoding: plot, as: UTF8.self)
    #expect(text.contains("cutoffs \(result.plan.best.cutoffs.map(\.description).joined(separator: ", "))"))
    #expect(text.components(separatedBy: "<rect ").count == 1 + 1 + 3)
    #expect(!text.contains("nan") && !text.contains("inf"))
  }

  @Test func fewerClasses() throws {
    let folder = try Self.folder()
    let job = try PlanJob(counts: folder.path("counts.tsv"), settings: PlanJob.Settings(features: 64, classes: 10))
    #expect(job.counts == (1...10).map { Double(1_000_000 / $0) })
    #expect(try job.run(costs: try CostModels.simple()).fullParameters == 640)
  }

  /// The real heads are run; what they take is not tested, only that the figures belong together.
  @Test func checksWithRealHeads() throws {
    let folder = try Self.folder()
    let job = try PlanJob(counts: folder.path("counts.tsv"), settings: PlanJob.Settings(features: 16, batch: 600))
    let costs = try CostModels.simple()
    let result = try job.run(costs: costs)
    var calls = 0
    let check = try job.check(result, costs: costs, threads: 1) { () throws(ScoringError) in calls += 1 }
    let alike = try #require(result.alike)
    #expect(check.heads.map(\.cutoffs) == [result.plan.best.cutoffs, alike.cutoffs, result.usual.cutoffs])
    #expect(check.heads[0].predictedSecondsPerRow == result.plan.best.secondsPerRow)
    #expect(calls == 3 * (check.rounds + 1))
    #expect(check.heads[2].speedupOverUsual == 1)
    for head in check.heads {
      #expect(head.measuredSecondsPerRow > 0)
      #expect(head.error == head.predictedSecondsPerRow / head.measuredSecondsPerRow - 1)
    }
  }

  @Test func refusalsLeaveNothing() throws {
    let folder = try Self.folder()
    let counts = folder.path("counts.tsv")
    func plan(_ settings: PlanJob.Settings, counts: String = counts) throws {
      _ = try PlanJob(counts: counts, settings: settings).run(costs: try CostModels.simple())
    }
    let plot = folder.path("plan.svg")
    expectRefusal(.usage, "expected --max-parameters of at least") {
      try plan(PlanJob.Settings(features: 64, limits: PlanLimits(maxParameters: 10), plot: plot))
    }
    expectRefusal(.usage, "expected at least 2 classes") {
      try plan(PlanJob.Settings(features: 64, classes: -1, plot: plot))
    }
    expectRefusal(.usage, "expected tails of width 1 or more") {
      try plan(PlanJob.Settings(features: 2, plot: plot))
    }
    expectRefusal(.usage, "expected an output of its own") {
      try plan(PlanJob.Settings(features: 64, plot: counts, overwrite: true))
    }
    for other in [plot, folder.path("./plan.svg"), folder.path("counts.tsv") + "/../plan.svg"] {
      expectRefusal(other.contains("tsv") ? .cannotCreate : .usage, other) {
        try plan(PlanJob.Settings(features: 64, plot: plot, permutation: other))
      }
    }
    expectRefusal(.usage, "found that of the output") {
      try plan(PlanJob.Settings(features: 64, costs: plot, calibrates: true, plot: folder.path("./plan.svg")))
    }
    expectRefusal(.usage, "costs.tsv: expected an output of its own, found the input") {
      try folder.write("mine", "costs.tsv")
      defer { try? FileManager.default.removeItem(atPath: folder.path("costs.tsv")) }
      try plan(
        PlanJob.Settings(
          features: 64, costs: folder.path("costs.tsv"), plot: folder.path("./costs.tsv"), overwrite: true))
    }
    expectRefusal(.usage, "expected an output of its own, found the input") {
      try plan(PlanJob.Settings(features: 64, costs: counts, calibrates: true, overwrite: true))
    }
    expectRefusal(.usage, "-: standard output is not supported here") {
      try plan(PlanJob.Settings(features: 64, plot: "-"))
    }
    expectRefusal(.outputExists, "counts.tsv") { try plan(PlanJob.Settings(features: 64, plot: counts), counts: "/") }
    expectRefusal(.cannotCreate, "none/plan.svg") {
      try plan(PlanJob.Settings(features: 64, plot: folder.path("none/plan.svg")))
    }
    expectRefusal(.usage, "expected at least 2000 classes, found 1000") {
      try plan(PlanJob.Settings(features: 64, classes: 2000, plot: plot))
    }
    #expect(folder.names == ["counts.tsv"])
  }
}
