import Foundation
import Testing

/// Targets as lines of text, and as a column of a text or an array.
struct TargetColumnTests {
  private static let ids = [0, 3, 4, 6, 7, 9]
  private static let command = ["--head", "head.safetensors", "--hidden", "hidden.npy"]

  private func folder() throws -> Folder {
    let folder = try Fixture.folder()
    func lines(_ line: (Int, Int) -> String) -> Data {
      Data(Self.ids.enumerated().map { line($0, $1) }.joined().utf8)
    }
    try folder.write(lines { "\($1)\n" }, "ids.txt")
    try folder.write(lines { $0 == 0 ? "\u{FEFF}\($1)\r\n" : "\($1)\r\n" }, "windows.txt")
    try folder.write(lines { "word\t\($1)\t\($0)\r\n" }, "table.tsv")
    try folder.write(lines { "\($0),\($1)\n" }, "table.csv")
    try folder.write(
      Fixture.integers(Self.ids.enumerated().flatMap { [Int64($0), Int64($1), 99] }, "(6, 3)"), "table.npy")
    return folder
  }

  @Test(arguments: [
    ["ids.txt"], ["windows.txt"], ["ids.txt", "--target-column", "1"], ["table.tsv", "--target-column", "2"],
    ["table.csv", "--target-column", "2"], ["table.npy", "--target-column", "2"],
  ])
  func areThoseOfAnArray(_ target: [String]) throws {
    let folder = try folder()
    for name in ["score", "rank", "predict"] {
      let more = ["--batch-size", "4", "--overwrite"]
      let array = try Tool.run(
        [name] + Self.command + ["--target", "targets.npy", "-o", "a.npy"] + more, in: folder.url)
      let column = try Tool.run([name] + Self.command + ["--target"] + target + ["-o", "b.npy"] + more, in: folder.url)
      #expect(column.status == 0, "\(column.errors)")
      #expect(try column.output == array.output && folder.data("a.npy") == folder.data("b.npy"))
    }
  }

  @Test(arguments: [
    (
      ["table.tsv"],
      "table.tsv: line 1: expected a class id alone, found 3 columns; choose one of them (--target-column)"
    ),
    (["table.tsv", "--target-column", "1"], "table.tsv: line 1: expected a class id, found \"word\""),
    (
      ["table.csv", "--target-column", "3"],
      "table.csv: line 1: expected at least 3 columns, found 2; choose another (--target-column)"
    ),
    (
      ["table.npy"],
      "table.npy: expected targets of shape [rows], found [6, 3]; flatten the array, or choose a column of it (--target-column)"
    ),
    (["table.npy", "--target-column", "4"], "table.npy: expected targets of shape [rows, 4 or more], found [6, 3]"),
    (["table.npy", "--target-column", "3"], "table.npy: row 0: expected a class in [0, 9], found 99"),
    (["targets.npy", "--target-column", "1"], "targets.npy: expected targets of shape [rows, 1 or more], found [6]"),
    (["blank.txt"], "blank.txt: line 2: expected a class id, found nothing"),
    (["short.txt"], "short.txt: expected 6 targets, one for each row of hidden.npy, found 1"),
  ])
  func whatDoesNotFitIsNamed(_ target: [String], _ message: String) throws {
    let folder = try folder()
    try folder.write(Data("3".utf8), "short.txt")
    try folder.write(Data("3\n\n".utf8), "blank.txt")
    let outcome = try Tool.run(["score"] + Self.command + ["--target"] + target, in: folder.url)
    #expect(outcome.status == 65 && outcome.errorLines.count == 1)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test func columnsCountFromOne() throws {
    let folder = try folder()
    let outcome = try Tool.run(
      ["score"] + Self.command + ["--target", "table.npy", "--target-column", "0"], in: folder.url)
    #expect(outcome.status == 64 && outcome.errors.contains("expected a column from 1, found 0"))
  }

  // Another column is another job.
  @Test func theColumnIsPartOfTheJob() throws {
    let folder = try folder()
    try folder.write(Fixture.integers(Self.ids.flatMap { [Int64($0), 1] }, "(6, 2)"), "two.npy")
    for (shard, column) in [("1/2", "1"), ("2/2", "2")] {
      let outcome = try Tool.run(
        ["score"] + Self.command + [
          "--target", "two.npy", "--target-column", column, "-o", "out.npy", "--shard", shard,
        ],
        in: folder.url)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    let parts = folder.names.filter { $0.hasSuffix(".part") }
    let merged = try Tool.run(["merge"] + parts + ["-o", "whole.npy"], in: folder.url)
    #expect(merged.status == 65 && merged.errors.contains("target-column"), "\(merged.errors)")
  }
}
