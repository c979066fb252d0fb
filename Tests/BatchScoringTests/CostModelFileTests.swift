import AdaptiveSoftmax
import Foundation
import TensorFiles
import TestSupport
import Testing

@testable import BatchScoring

struct CostModelFileTests {
  @Test func isReadAsWritten() throws {
    let folder = try PlanFolder()
    let file = CostModelFile(machine: "a machine", model: try CostModels.uneven(seed: 1))
    try CostModelFile.check(output: folder.path("costs.tsv"), overwrite: false)
    try file.write(to: folder.path("costs.tsv"), overwrite: false)
    #expect(try CostModelFile(path: folder.path("costs.tsv")) == file)
    expectRefusal(.outputExists, "costs.tsv") { try file.write(to: folder.path("costs.tsv"), overwrite: false) }
    expectRefusal(.outputExists, "costs.tsv") {
      try CostModelFile.check(output: folder.path("costs.tsv"), overwrite: false)
    }
    try file.write(to: folder.path("costs.tsv"), overwrite: true)
    #expect(folder.names == ["costs.tsv"])
  }

  private static let title = "# adasoft costs 1: here\n"
  private static let columns = "rows\tclasses\tdepth\tseconds\n"
  private static let refusals: [(text: String, says: String)] = [
    ("", "expected costs, which begin with '# adasoft costs 1: ', found ''; calibrate anew"),
    ("# adasoft costs 2: here\n", "found '# adasoft costs 2: here'"),
    (title, "line 2: expected the columns"),
    (title + "rows\tclasses\n", "line 2: expected the columns rows, classes, depth, seconds, found 'rows\\tclasses'"),
    (title + columns, "expected passes of at least two numbers of rows"),
    (
      title + columns + "1\t2\t3\n", "line 3: expected rows, classes, depth and seconds between tabs, found '1\\t2\\t3'"
    ),
    (title + columns + "1\t2\t3\t4\n1\t2\t3\tx\n", "line 4: expected rows"),
    (title + columns + "1\t2\t3\t-4\n", "expected positive rows, classes, depth and seconds"),
  ]

  @Test(arguments: refusals.indices)
  func isRefused(index: Int) throws {
    let folder = try PlanFolder()
    try folder.write(Self.refusals[index].text, "costs.tsv")
    expectRefusal(.data, Self.refusals[index].says) { try CostModelFile(path: folder.path("costs.tsv")) }
  }

  /// Passes of the real kernels become a model that knows every point of the grid, and calls cost something.
  @Test func calibrates() throws {
    let grid = Calibration.Grid(rows: [1, 5], classes: [32, 40], depths: [3, 8], rounds: 3)
    var calls = 0
    let model = try Calibration.run(grid, threads: 2) { () throws(ScoringError) in calls += 1 }
    #expect((model.rows, model.classes, model.depths) == ([1, 5], [32, 40], [3, 8]))
    #expect(model.samples.count == 10)
    #expect(model.samples.allSatisfy { $0.seconds > 0 })
    #expect(calls == 24)
    let stop = ScoringError(.interrupted, "enough")
    #expect(throws: stop) { try Calibration.run(grid, threads: 1) { () throws(ScoringError) in throw stop } }
  }

  @Test func permutationsAreArrays() throws {
    let folder = try PlanFolder()
    let order = try ClassPermutation(sortingByFrequency: [3, 9, 3, 7])
    try PermutationFile.write(order, to: folder.path("order.npy"), overwrite: false)
    #expect(try PermutationFile.read(folder.path("order.npy"), classes: 4) == order)
    expectRefusal(.outputExists, "order.npy") {
      try PermutationFile.write(order, to: folder.path("order.npy"), overwrite: false)
    }
    expectRefusal(.data, "order.npy: expected a permutation of the head's classes, integers of shape [5], found int64")
    {
      try PermutationFile.read(folder.path("order.npy"), classes: 5)
    }
    try Tensor<Int64>([0, 0]).save(npy: folder.path("twice.npy"))
    expectRefusal(.data, "twice.npy: expected each class once in a permutation, found 0 at 0 and at 1") {
      try PermutationFile.read(folder.path("twice.npy"), classes: 2)
    }
  }
}
