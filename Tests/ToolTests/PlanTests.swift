import AdaptiveSoftmax
import Foundation
import TensorFiles
import TestSupport
import Testing

/// plan, with costs from a file, so that its answers are the same on every machine.
struct PlanTests {
  /// 2,000 classes as a text has them, sorted, and the costs of `CostModels.simple()`.
  static func folder() throws -> Folder {
    let folder = Folder()
    let counts = (0..<2000).map { "word\($0)\t\(1_000_000 / ($0 + 1))\n" }
    try folder.write(Data(counts.joined().utf8), "counts.tsv")
    let lines = try CostModels.simple().samples.map { "\($0.rows)\t\($0.classes)\t\($0.depth)\t\($0.seconds)" }
    let head = ["# adasoft costs 1: nowhere", "rows\tclasses\tdepth\tseconds"]
    try folder.write(Data((head + lines).joined(separator: "\n").utf8), "costs.tsv")
    return folder
  }

  static let plan = ["plan", "--counts", "counts.tsv", "--costs", "costs.tsv", "--features", "64"]

  /// RECORD_SNAPSHOTS=1 writes the expected output anew.
  @Test func printsThePlan() throws {
    let folder = try Self.folder()
    let outcome = try Tool.run(Self.plan + ["--batch", "1000"], in: folder.url)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors == "")
    let snapshot = Package.root.appendingPathComponent("Tests/ToolTests/Snapshots/plan-output.txt")
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] != nil {
      try Data(outcome.output.utf8).write(to: snapshot)
    }
    #expect(outcome.output == (try String(contentsOf: snapshot, encoding: .utf8)))
    #expect(folder.names == ["costs.tsv", "counts.tsv"])
  }

  @Test func jsonSaysTheSame() throws {
    let folder = try Self.folder()
    let outcome = try Tool.run(
      Self.plan + ["--json", "--clusters", "1...3", "--max-parameters", "90000", "--curve"], in: folder.url)
    let object = try json(outcome.output)
    let cutoffs = try #require(object["cutoffs"] as? [Int])
    let choices = try #require(object["by_clusters"] as? [[String: Any]])
    #expect(choices.map { $0["clusters"] as? Int } == [1, 2, 3])
    #expect(choices.contains { $0["cutoffs"] as? [Int] == cutoffs })
    #expect(choices.allSatisfy { ($0["parameters"] as? Int ?? .max) <= 90000 })
    #expect(object["sorted"] as? Bool == true)
    #expect(object["for"] as? String == "scoring")
    #expect((object["by_first_cutoff"] as? [Any])?.isEmpty == false)
    let head = try AdaptiveHeadLayout(inFeatures: 64, nClasses: 2000, cutoffs: cutoffs)
    #expect(object["widths"] as? [Int] == head.tailFeatures)
    #expect(object["parameters"] as? Int == head.weightShapes.reduce(0) { $0 + $1.shape.reduce(1, *) })
  }

  /// Few classes are done with at once: that is said.
  @Test func aPlainHeadMayBeQuicker() throws {
    let folder = try Self.folder()
    let few = try Tool.run(Self.plan + ["--classes", "4"], in: folder.url)
    #expect(few.status == 0 && few.output.contains("note: a plain head is quicker here, by "), "\(few.output)")
    for (classes, isQuicker) in [("4", true), ("2000", false)] {
      let outcome = try Tool.run(Self.plan + ["--classes", classes, "--json"], in: folder.url)
      let object = try json(outcome.output)
      #expect(object["full_is_quicker"] as? Bool == isQuicker && object["by_first_cutoff"] == nil)
    }
    #expect(!(try Tool.run(Self.plan, in: folder.url).output.contains("plain head")))
  }

  @Test func trainingCostsMore() throws {
    let folder = try Self.folder()
    let scoring = try figure("seconds_per_row", in: Tool.run(Self.plan + ["--json"], in: folder.url).output)
    let training = try figure(
      "seconds_per_row", in: Tool.run(Self.plan + ["--json", "--for", "training"], in: folder.url).output)
    // A batch takes 1 µs and each of its 4,096 rows 50 ns beside the layers, in training as in scoring.
    let calls = 1e-6 / 4096 + 5e-8
    #expect(training - calls > 2 * (scoring - calls))
  }

  @Test func unsortedCountsArePlannedSorted() throws {
    let folder = try Self.folder()
    let lines = String(decoding: try folder.data("counts.tsv"), as: UTF8.self).split(separator: "\n")
    try folder.write(Data(lines.reversed().joined(separator: "\n").utf8), "reversed.tsv")
    let sorted = try Tool.run(Self.plan, in: folder.url)
    var arguments = Self.plan + ["--permutation-output", "order.npy", "--plot", "plan.svg"]
    arguments[2] = "reversed.tsv"
    let outcome = try Tool.run(arguments, in: folder.url)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("note: the counts were not sorted"))
    #expect(outcome.output.hasPrefix(sorted.output.prefix(400)))
    let order = try Tensor<Int64>(npy: folder.path("order.npy"))
    let ids = order.withUnsafeBufferPointer { Array($0) }
    #expect(ids.prefix(900) == (0..<900).map { 1999 - Int64($0) }[...])
    #expect(Set(ids) == Set(0..<2000))
    #expect(String(decoding: try folder.data("plan.svg"), as: UTF8.self).hasSuffix("</svg>\n"))
  }

  /// Outputs are replaced together or not at all; the order is larger than the disk here, the plot is not.
  @Test func aFullDiskReplacesNothing() throws {
    let folder = try Self.folder()
    let outputs = ["plan.svg", "order.npy"]
    for name in outputs { try folder.write(Data("mine".utf8), name) }
    let before = folder.names
    let arguments = Self.plan + ["--plot", "plan.svg", "--permutation-output", "order.npy", "--overwrite"]
    let full = try Tool.run(
      ["-c", "ulimit -f 28; exec \"$0\" \"$@\"", Tool.path.path] + arguments, in: folder.url, executable: "/bin/sh")
    #expect(full.status == 74 && full.errorLines.count == 1 && full.errors.contains("order.npy"), "\(full.errors)")
    #expect(folder.names == before)
    for name in outputs { #expect(try folder.data(name) == Data("mine".utf8)) }
    let room = try Tool.run(arguments, in: folder.url)
    #expect(room.status == 0, "\(room.errors)")
    #expect(try Tensor<Int64>(npy: folder.path("order.npy")).count == 2000)
    #expect(try folder.data("plan.svg").count > 4 && folder.data("plan.svg").count < 28 * 512)
  }

  @Test func countsComeFromStandardInputToo() throws {
    let folder = try Self.folder()
    let expected = try Tool.run(Self.plan, in: folder.url)
    let piped = try Tool.run(
      ["-c", "cat counts.tsv | '\(Tool.path.path)' plan --counts - --costs costs.tsv --features 64"], in: folder.url,
      executable: "/bin/sh")
    #expect(piped.output == expected.output)
    #expect(piped.status == 0)
  }

  /// A damaged id is refused by its line; where the words are numbers, that is said.
  @Test func theFirstColumnIsOfOneKind() throws {
    let folder = try Self.folder()
    try folder.write(Data("3\t5\n2\t30\n1\t4\nx\t9\n".utf8), "mixed.tsv")
    let before = folder.names
    var arguments = Self.plan + ["--permutation-output", "order.npy"]
    arguments[2] = "mixed.tsv"
    let refused = try Tool.run(arguments, in: folder.url)
    #expect(refused.status == 65)
    #expect(refused.errorLines.count == 1 && refused.errors.contains("mixed.tsv: line 4: expected a class id"))
    #expect(folder.names == before)
    let words = try Tool.run(arguments + ["--first-column", "words"], in: folder.url)
    #expect(words.status == 0, "\(words.errors)")
    let order = try Tensor<Int64>(npy: folder.path("order.npy"))
    #expect(order == Tensor<Int64>([1, 3, 0, 2]))
  }

  /// The kernels are measured, the measurements kept where they are asked for, and used.
  @Test func calibratesIntoAFile() throws {
    let folder = try Self.folder()
    var arguments = Self.plan + ["--calibrate", "--threads", "1", "--check", "--batch", "64", "--json"]
    arguments[4] = "mine.tsv"
    let outcome = try Tool.run(arguments, in: folder.url)
    #expect(outcome.status == 0)
    #expect(outcome.errorLines.first == "adasoft plan: measuring the kernels (about 10 seconds)")
    let check = try #require(try json(outcome.output)["check"] as? [String: Any])
    #expect((check["heads"] as? [[String: Any]])?.map { $0["name"] as? String } == ["planned", "like usual", "usual"])
    let text = String(decoding: try folder.data("mine.tsv"), as: UTF8.self)
    #expect(text.hasPrefix("# adasoft costs 1: ") && text.contains(", 1 thread"))
    arguments = Self.plan
    arguments[4] = "mine.tsv"
    #expect(try Tool.run(arguments, in: folder.url).status == 0)
  }

  private static let refusals: [(arguments: [String], status: Int32, mentions: String)] = [
    (["--features", "0"], 64, "--features: expected at least 1, found 0"),
    (["--features", "4000000"], 64, "--features: expected at most"),
    (["--batch", "0"], 64, "--batch: expected at least 1, found 0"),
    (["--clusters", "0...3"], 64, "--clusters"),
    (["--clusters", "3...1"], 64, "--clusters"),
    (["--clusters", "many"], 64, "--clusters"),
    (["--clusters", "1...99"], 64, "at most 16"),
    (
      ["--clusters", "4...5"], 64,
      "Error: expected tails of width 1 or more, found none with 4...5 tails: --features 64, --div"
    ),
    (["--div", "0.5"], 64, "--div: expected a number from 1, found 0.5"),
    (["--div", "nan"], 64, "--div"),
    (["--min-share", "1"], 64, "--min-share: expected a number from 0 to below 1, found 1.0"),
    (["--min-width", "0"], 64, "--min-width"),
    (["--min-width", "17"], 64, "expected tails of width 17 or more"),
    (["--max-parameters", "10"], 64, "Error: expected --max-parameters of at least"),
    (["--max-parameters", "10"], 64, "take a larger --div or more tails"),
    (["--classes", "1"], 64, "--classes: expected at least 2, found 1"),
    (["--classes", "9999"], 64, "expected at least 9999 classes, found 2000"),
    (["--classes", "99", "--permutation-output", "p.npy"], 64, "--permutation-output"),
    (["--for", "fun"], 64, "--for"),
    (["--for", "training", "--check"], 64, "--check: expected --for scoring"),
    (["--counts", "none.tsv"], 66, "none.tsv: cannot be opened"),
    (["--counts", "costs.tsv"], 65, "costs.tsv: line 1: expected a count"),
    (["--costs", "counts.tsv"], 65, "counts.tsv: expected costs"),
    (["--costs", "none.tsv"], 66, "none.tsv: cannot be opened"),
    (["--calibrate"], 73, "costs.tsv: exists already"),
    (["--plot", "costs.tsv"], 64, "costs.tsv: expected an output of its own"),
    (["--plot", "counts.tsv", "--overwrite"], 64, "counts.tsv: expected an output of its own"),
    (["--plot", "no/plan.svg"], 73, "no/plan.svg"),
    (["--plot", "costs.tsv", "--overwrite"], 64, "costs.tsv: expected an output of its own"),
    (["--plot", "./s.out", "--permutation-output", "s.out"], 64, "s.out: expected an output of its own"),
    (["--plot", "-"], 64, "standard output"),
    (["--plot", "plan.png"], 64, "plan.png: expected a name that ends in .svg, found .png"),
    (["--permutation-output", "p.txt"], 64, "p.txt: expected a name that ends in .npy, found .txt"),
    (["--first-column", "ids", "--counts", "costs.tsv"], 65, "costs.tsv: line 1"),
    (["--first-column", "names"], 64, "--first-column"),
  ]

  @Test(arguments: refusals.indices)
  func isRefused(index: Int) throws {
    let (arguments, status, mentions) = Self.refusals[index]
    let folder = try Self.folder()
    let outcome = try Tool.run(Self.plan + arguments, in: folder.url)
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(outcome.output == "")
    #expect(outcome.errorLines.first?.hasPrefix("Error: ") == true)
    #expect(outcome.errorLines.first?.contains(mentions) == true, "\(outcome.errors)")
    #expect(folder.names == ["costs.tsv", "counts.tsv"])
  }
}
