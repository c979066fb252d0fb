import AdaptiveSoftmax
import Foundation
import TensorFiles
import TestSupport
import Testing

/// --permutation: a head whose classes are in another order than those of the targets, the outputs and the words.
struct PermutationTests {
  /// The original id of each class of the head.
  static let order: [Int64] = [3, 1, 4, 0, 5, 9, 2, 6, 8, 7]
  static let head = ["--head", "head.safetensors", "--hidden", "hidden.npy"]
  static let permuted = head + ["--permutation", "order.npy"]

  /// The folder of good files, `order.npy`, and targets in both ids; -1 is none.
  static func folder() throws -> Folder {
    let folder = try Fixture.folder()
    let targets: [Int64] = [0, 3, 4, 6, -1, 9]
    try Tensor(order).save(npy: folder.path("order.npy"))
    try Tensor(targets).save(npy: folder.path("sorted.npy"))
    try Tensor(targets.map { $0 < 0 ? $0 : order[Int($0)] }).save(npy: folder.path("original.npy"))
    return folder
  }

  private func run(_ arguments: [String], in folder: Folder) throws -> String {
    let outcome = try Tool.run(arguments, in: folder.url)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome.output
  }

  private func ids(_ name: String, in folder: Folder) throws -> [Int64] {
    try Tensor<Int64>(npy: folder.path(name)).scalars
  }

  /// A class to ignore is one of the original ids; that of the head's is another class.
  @Test(arguments: ["score", "rank"], [(sorted: "-1", original: "-1"), (sorted: "3", original: "0")])
  func targetsAreOriginal(command: String, ignored: (sorted: String, original: String)) throws {
    let folder = try Self.folder()
    if ignored.sorted != "-1" {
      try Tensor<Int64>([0, 3, 4, 6, 2, 9]).save(npy: folder.path("sorted.npy"), overwrite: true)
      try Tensor<Int64>([3, 0, 5, 2, 4, 7]).save(npy: folder.path("original.npy"), overwrite: true)
    }
    let expected = try run(
      [command, "--target", "sorted.npy", "--ignore-index", ignored.sorted, "-o", "a.npy", "--recall", "1", "3"]
        + Self.head, in: folder)
    let found = try run(
      [command, "--target", "original.npy", "--ignore-index", ignored.original, "-o", "b.npy", "--recall", "1", "3"]
        + Self.permuted, in: folder)
    #expect(found == expected && expected.contains("ignored     1\n"))
    #expect(try folder.data("a.npy") == folder.data("b.npy"))
  }

  @Test func predictionsAreOriginal() throws {
    let folder = try Self.folder()
    _ = try run(["predict", "-o", "a.npy"] + Self.head, in: folder)
    let expected = try ids("a.npy", in: folder).map { Self.order[Int($0)] }
    try Tensor(expected.enumerated().map { $0 < 2 ? $1 : ($1 + 1) % 10 }).save(npy: folder.path("near.npy"))
    let output = try run(
      ["predict", "--target", "near.npy", "--vocabulary", "words.txt", "-o", "b.npy"] + Self.permuted, in: folder)
    #expect(try ids("b.npy", in: folder) == expected)
    #expect(output.contains("accuracy  33.33 %"))
    let words = expected.enumerated().map { "word\($0 < 2 ? $1 : ($1 + 1) % 10) -> word\($1)" }
    #expect(output.split(separator: "\n").suffix(6).map(String.init) == words)
  }

  @Test func bestClassesAreOriginal() throws {
    let folder = try Self.folder()
    _ = try run(["top-k", "-k", "4", "-o", "a"] + Self.head, in: folder)
    _ = try run(["top-k", "-k", "4", "-o", "b", "--batch-size", "4"] + Self.permuted, in: folder)
    let expected = try ids("a.ids.npy", in: folder).map { Self.order[Int($0)] }
    #expect(try ids("b.ids.npy", in: folder) == expected)
    #expect(try folder.data("a.logprobs.npy") == folder.data("b.logprobs.npy"))
    _ = try run(["top-k", "-k", "4", "-o", "b.tsv", "--vocabulary", "words.txt"] + Self.permuted, in: folder)
    let lines = try String(contentsOfFile: folder.path("b.tsv"), encoding: .utf8).split(separator: "\n")
    #expect(lines.map { $0.split(separator: "\t").last.map(String.init) } == expected.map { "word\($0)" })
  }

  @Test func drawsAreOriginal() throws {
    let folder = try Self.folder()
    _ = try run(["sample", "--seed", "7", "-n", "9", "-o", "a.npy"] + Self.head, in: folder)
    _ = try run(["sample", "--seed", "7", "-n", "9", "-o", "b.npy"] + Self.permuted, in: folder)
    #expect(try ids("b.npy", in: folder) == ids("a.npy", in: folder).map { Self.order[Int($0)] })
  }

  @Test func columnsAreOriginal() throws {
    let folder = try Self.folder()
    _ = try run(["log-prob", "-o", "a.npy"] + Self.head, in: folder)
    _ = try run(["log-prob", "-o", "b.npy", "--batch-size", "4"] + Self.permuted, in: folder)
    let plain = try Tensor<Float>(npy: folder.path("a.npy"))
    let original = try Tensor<Float>(npy: folder.path("b.npy"))
    for row in 0..<6 {
      for id in 0..<10 { #expect(original[row, Int(Self.order[id])].bitPattern == plain[row, id].bitPattern) }
    }
  }

  /// Parts of one output have one permutation.
  @Test func partsOfAnotherOrderAreRefused() throws {
    let folder = try Self.folder()
    _ = try run(["predict", "--shard", "1/2", "-o", "a.npy"] + Self.permuted, in: folder)
    _ = try run(["predict", "--shard", "2/2", "-o", "a.npy"] + Self.head, in: folder)
    let outcome = try Tool.run(["merge", "a.npy.1-of-2.part", "a.npy.2-of-2.part", "-o", "a.npy"], in: folder.url)
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("a job with --permutation, found one with no --permutation"), "\(outcome.errors)")
  }
}
