import AdaptiveSoftmax
import Foundation
import TensorFiles
import Testing

/// predict where the output is text.
struct PredictTextTests {
  private static let command = ["predict", "--head", "head.safetensors", "--hidden", "hidden.npy"]
  private static let words = ["--vocabulary", "words.txt"]

  @Test func textHasTheClassesAndTheirWords() throws {
    let folder = try Fixture.folder()
    #expect(try Tool.run(Self.command + ["-o", "out.npy"], in: folder.url).status == 0)
    let ids = try Tensor<Int64>(npy: folder.path("out.npy")).scalars
    let tsv = try Tool.run(Self.command + Self.words + ["--batch-size", "4", "-o", "out.tsv"], in: folder.url)
    #expect(tsv.status == 0 && tsv.output == "", "\(tsv.errors)")
    let lines = ids.enumerated().map { "\($0)\t1\t\($1)\tword\($1)\n" }.joined()
    #expect(String(decoding: try folder.data("out.tsv"), as: UTF8.self) == lines)
    let jsonl = try Tool.run(
      Self.command + Self.words + ["--target", "targets.npy", "-o", "out.jsonl"], in: folder.url)
    #expect(jsonl.status == 0 && jsonl.output.contains("accuracy"), "\(jsonl.errors)")
    let objects = ids.enumerated().map { "{\"row\": \($0), \"ids\": [\($1)], \"words\": [\"word\($1)\"]}\n" }.joined()
    #expect(String(decoding: try folder.data("out.jsonl"), as: UTF8.self) == objects)
    #expect(try Tool.run(Self.command + ["-o", "ids.tsv"], in: folder.url).status == 0)
    let bare = ids.enumerated().map { "\($0)\t1\t\($1)\n" }.joined()
    #expect(String(decoding: try folder.data("ids.tsv"), as: UTF8.self) == bare)
  }

  @Test func aVocabularyMayComeFromWindows() throws {
    let folder = try Fixture.folder()
    let words = String(decoding: try folder.data("words.txt"), as: UTF8.self)
    try folder.write(Data(("\u{FEFF}" + words.replacing("\n", with: "\r\n")).utf8), "windows.txt")
    for (name, output) in [("words.txt", "a.tsv"), ("windows.txt", "b.tsv")] {
      #expect(try Tool.run(Self.command + ["--vocabulary", name, "-o", output], in: folder.url).status == 0)
    }
    #expect(try folder.data("a.tsv") == folder.data("b.tsv"))
  }

  /// Latin-1 would be read as words that are in no vocabulary.
  @Test func aVocabularyIsUTF8() throws {
    let folder = try Fixture.folder()
    var lines = try folder.data("words.txt").split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    lines[2] = Data([0x63, 0x61, 0x66, 0xE9])
    try folder.write(Data(lines.joined(separator: [UInt8(ascii: "\n")])), "latin1.txt")
    let outcome = try Tool.run(Self.command + ["--vocabulary", "latin1.txt", "-o", "out.tsv"], in: folder.url)
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("latin1.txt: line 3: expected UTF-8, found 'caf\u{FFFD}'"), "\(outcome.errors)")
    #expect(outcome.errors.split(separator: "\n").count == 1 && !folder.names.contains("out.tsv"))
  }

  /// Extensions count in either case; what is no extension says nothing.
  @Test(arguments: [
    ("OUT.TSV", [], "out.tsv"), ("out.Jsonl", ["--format", "jsonl"], "out.jsonl"),
    ("rows", ["--format", "tsv"], "out.tsv"),
    ("run-0.5", ["--format", "jsonl"], "out.jsonl"), ("OUT.NPY", [], "out.npy"), ("run-0.5", [], "out.npy"),
    (".npy", [], "out.npy"),
  ])
  func namesSayWhatIsWritten(name: String, options: [String], like: String) throws {
    let folder = try Fixture.folder()
    #expect(try Tool.run(Self.command + ["-o", like], in: folder.url).status == 0)
    let outcome = try Tool.run(Self.command + options + ["-o", name], in: folder.url)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try folder.data(name) == folder.data(like))
  }

  @Test func partsOfTextJoin() throws {
    let folder = try Fixture.folder()
    let command = Self.command + Self.words + ["-o", "out.tsv"]
    #expect(try Tool.run(command, in: folder.url).status == 0)
    for shard in ["1/2", "2/2"] {
      #expect(try Tool.run(command + ["--shard", shard], in: folder.url).status == 0)
    }
    let parts = folder.names.filter { $0.hasSuffix(".part") }
    for name in ["whole.npy", "whole.jsonl"] {
      let wrong = try Tool.run(["merge"] + parts + ["-o", name], in: folder.url)
      #expect(wrong.status == 64 && wrong.errors.contains("expected a name that ends in .tsv"), "\(wrong.errors)")
    }
    let merged = try Tool.run(["merge"] + parts + ["-o", "whole.tsv"], in: folder.url)
    #expect(merged.status == 0, "\(merged.errors)")
    #expect(try folder.data("whole.tsv") == folder.data("out.tsv"))
  }
}
