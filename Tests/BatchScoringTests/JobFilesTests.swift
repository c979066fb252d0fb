import Foundation
import Testing

@testable import BatchScoring

struct JobFilesTests {
  private func folder() throws -> Files {
    let files = try Files(rows: 1)
    for name in ["h", "t", "empty"] { try files.makeFolder(name) }
    for name in ["h/b.npy", "h/a.npy", "h/[c].npy", "h/notes.txt", "t/b.npy", "t/a.npy", "t/[c].npy"] {
      try files.write("", to: name)
    }
    return files
  }

  private func names(_ files: Files, _ found: JobFiles) -> [[String?]] {
    func short(_ path: String?) -> String? { path?.replacing(files.path("") + "/", with: "") }
    return found.items.map { [short($0.hidden), short($0.target), short($0.output)] }
  }

  @Test func oneFileIsNotAFolder() throws {
    let files = try folder()
    let found = try JobFiles(hidden: [files.path("h/a.npy")], target: [files.path("t/a.npy")], output: "out.npy")
    #expect(!found.isMany)
    #expect(found == JobFiles(hidden: files.path("h/a.npy"), target: files.path("t/a.npy"), output: "out.npy"))
    #expect(found.path(of: 0, OutputDescription(.float32), shard: nil) == "out.npy")
    #expect(found.path(of: 0, OutputDescription(suffix: ".ids.npy", .int64), shard: nil) == "out.npy.ids.npy")
    #expect(found.path(of: 0, OutputDescription(.float32), shard: Shard("2/4")) == "out.npy.2-of-4.part")
    #expect(found.journal(of: "score", shard: Shard("2/4")) == "out.npy.2-of-4.journal")
  }

  @Test func foldersAndPatternsAreSorted() throws {
    let files = try folder()
    let expected = ["[c]", "a", "b"].map { ["h/\($0).npy", "t/\($0).npy", "o/\($0)"] }
    for (hidden, target) in [(["h"], ["t"]), (["h/*.npy"], ["t/*.npy"]), (["h/*.npy"], ["t"]), (["h"], ["t/*"])] {
      let found = try JobFiles(
        hidden: hidden.map { files.path($0) }, target: target.map { files.path($0) }, output: files.path("o/"))
      #expect(found.isMany)
      #expect(names(files, found) == expected)
      #expect(found.path(of: 1, OutputDescription(.int64), shard: nil) == files.path("o/a.npy"))
      #expect(found.journal(of: "score", shard: nil) == files.path("o/score.journal"))
    }
    let one = try JobFiles(hidden: [files.path("h/[c].npy")], output: "out.npy")
    #expect(!one.isMany, "a name that a file has is no pattern")
  }

  /// One command line serves one file and several: what -o names says where one output goes.
  @Test func oneOutputGoesWhereItsNameSays() throws {
    let files = try folder()
    try files.makeFolder("there")
    try files.makeFolder("one")
    try files.write("", to: "one/a.npy")
    func output(_ hidden: String, _ output: String) throws -> String? {
      let found = try JobFiles(hidden: [files.path(hidden)], output: files.path("") + "/" + output)
      return found.path(of: 0, OutputDescription(.float32), shard: nil)?.replacing(files.path("") + "/", with: "")
    }
    for (hidden, given, expected) in [
      ("h/a.npy", "new/", "new/a.npy"), ("h/a.npy", "there", "there/a.npy"), ("h/a.npy", "out", "out"),
      ("h/a.npy", "out.npy", "out.npy"), ("h/a*.npy", "out.npy", "out.npy"), ("h/a*.npy", "out", "out"),
      ("h/a*.npy", "there", "there/a.npy"), ("one", "out.npy", "out.npy"), ("one", "out", "out/a.npy"),
      ("one", "out.npy/", "out.npy/a.npy"), ("h", "out.npy/", "out.npy/[c].npy"), ("h", "out", "out/[c].npy"),
    ] {
      #expect(try output(hidden, given) == expected, "\(hidden) \(given)")
    }
    for (hidden, journal) in [("h/a.npy", "new/a.score.journal"), ("one", "new/score.journal")] {
      let found = try JobFiles(hidden: [files.path(hidden)], output: files.path("") + "/new/")
      #expect(found.journal(of: "score", shard: nil) == files.path("") + "/" + journal)
    }
    for (name, kind) in [("out.npy", "npy"), ("out.TSV", "tsv"), ("out.jsonl", "jsonl")] {
      expectRefusal(.usage, "expected a folder for the outputs of 3 files, found the name of a .\(kind) file; write") {
        _ = try output("h", name)
      }
    }
  }

  @Test func targetsOfAFolderHaveTheHiddenStatesNames() throws {
    let files = try folder()
    for name in ["tg", "none", "two"] { try files.makeFolder(name) }
    for name in ["tg/b.npy", "tg/a.txt", "tg/[c].csv", "tg/other.npy", "two/a.npy", "two/a.tsv", "h/b.txt"] {
      try files.write("", to: name)
    }
    func targets(_ hidden: String, _ target: String) throws -> [String?] {
      let found = try JobFiles(hidden: [files.path(hidden)], target: [files.path(target)])
      return names(files, found).map { $0[1] }
    }
    #expect(try targets("h", "tg") == ["tg/[c].csv", "tg/a.txt", "tg/b.npy"])
    #expect(try targets("h/a.npy", "tg") == ["tg/a.txt"] && targets("h/b.npy", "tg") == ["tg/b.npy"])
    #expect(try targets("h/b.npy", "h") == ["h/b.txt"])  // beside the hidden states
    expectRefusal(.missingInput, "a.npy as a.npy, a.txt, a.tsv, a.csv, found none") {
      _ = try targets("h/a.npy", "none")
    }
    expectRefusal(.usage, "found a.npy and a.tsv; name the files") { _ = try targets("h/a.npy", "two") }
  }

  @Test func manifestsNamePairs() throws {
    let files = try folder()
    let (hidden, target) = (
      ["h/b.npy", "h/a.npy"].map { files.path($0) }, ["t/a.npy", "t/b.npy"].map { files.path($0) }
    )
    try files.write("\(hidden[0])\t\(target[0])\r\n\n\(hidden[1])\t\(target[1])\n", to: "list.txt")
    let found = try JobFiles(hidden: [], manifest: files.path("list.txt"), output: "o")
    #expect(found.items.map(\.hidden) == hidden)
    #expect(found.items.map(\.target) == target)
    #expect(found.items.map(\.output) == ["o/b", "o/a"])
  }

  @Test(
    arguments: [
      (["none/*.npy"], [], nil, .missingInput, "none/*.npy"), (["empty"], [], nil, .missingInput, "empty"),
      (["h"], ["t/a.npy"], nil, .usage, "3 files of targets"), (["h/a.npy", "t/a.npy"], [], nil, .usage, "t/a.npy"),
      ([], [], nil, .usage, "at least one"), ([], [], "a\tb\tc\n", .data, "list.txt: line 1:"),
      ([], [], "\n", .data, "list.txt"),
      (["h/a.npy"], [], "HERE/h/b.npy\tHERE/t/b.npy\n", .usage, "targets"), ([], [], "none", .missingInput, "list.txt"),
      ([], [], "\nHERE/h/b.npy HERE/t/b.npy\n", .missingInput, "list.txt: line 2:"),
      (["none.npy"], ["t"], nil, .missingInput, "none.npy"),
    ] as [([String], [String], String?, ScoringError.Kind, String)])
  func mismatchesAreRefused(
    hidden: [String], target: [String], list: String?, kind: ScoringError.Kind, mentions: String
  ) throws {
    let files = try folder()
    if let list, list != "none" { try files.write(list.replacing("HERE", with: files.path(".")), to: "list.txt") }
    let error = #expect(throws: ScoringError.self) {
      try JobFiles(
        hidden: hidden.map { files.path($0) }, target: target.map { files.path($0) },
        manifest: list.map { _ in files.path("list.txt") }, output: files.path("o"))
    }
    #expect(error?.kind == kind)
    #expect(error?.description.contains(mentions) == true, "\(error?.description ?? "")")
  }
}

extension JobFilesTests {
  @Test func columnsCountFromOne() throws {
    let files = try Files(rows: 3)
    var inputs = JobFiles(hidden: files.path("hidden.npy"), target: files.path("targets.npy"))
    inputs.targetColumn = 0
    expectRefusal(.usage, "expected a column of targets from 1 on, found 0") {
      _ = try ScoreJob(head: HeadSource(path: files.path("head.safetensors")), files: inputs)
    }
  }
}
