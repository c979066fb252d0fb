import AdaptiveSoftmax
import Foundation
import Testing

/// The bytes of an output never depend on threads, batch size, variant or the way the weights are read.
struct SameBytesTests {
  static let variants = Runtime.variants.filter(\.runsHere).map(\.name)

  @Test(arguments: ["score", "predict", "log-prob", "rank", "top-k", "sample"])
  func scoring(subcommand: String) throws {
    var arguments = [subcommand] + ScoringTests.files
    if ["score", "rank"].contains(subcommand) { arguments += ScoringTests.target + ["--json"] }
    if subcommand == "sample" { arguments += ["-n", "2", "--seed", "3", "--top-p", "0.5"] }
    if subcommand == "log-prob" { arguments += ["--rows", "100..<130"] }
    try expectSameBytes(
      arguments, batchSizes: subcommand == "score" ? [1, 7, 4096] : [7, 4096],
      output: subcommand == "top-k" ? "out.jsonl" : "out.npy")
  }

  @Test(arguments: [["softmax", "--dim", "-1"], ["log-softmax", "--dim", "0"], ["logsumexp", "--dim", "1"]])
  func arrays(arguments: [String]) throws {
    try expectSameBytes(arguments + [ScoringTests.small("hidden.npy")], batchSizes: [7, 4096])
  }

  private func expectSameBytes(_ arguments: [String], batchSizes: [Int], output: String = "out.npy") throws {
    let folder = Folder()
    var expected: Data?
    func check(_ options: [String], _ environment: [String: String] = [:]) throws {
      let outcome = try Tool.run(
        arguments + options + ["--overwrite", "-o", folder.path(output)], environment: environment)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let figures = outcome.output.replacing(/, "seconds.*/, with: "")
      let data = try folder.data(output) + Data(figures.utf8)
      if let expected { #expect(data == expected, "\(options) \(environment)") } else { expected = data }
    }
    for batchSize in batchSizes {
      for threads in [1, 2] { try check(["--batch-size", "\(batchSize)", "--threads", "\(threads)"]) }
    }
    for variant in Self.variants { try check(["--batch-size", "4096"], ["SMX_VARIANT": variant]) }
    if arguments.contains("--head") {
      for io in ["auto", "mmap", "read"] { try check(["--io", io]) }
    }
  }
}
