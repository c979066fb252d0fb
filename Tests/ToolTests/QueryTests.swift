import AdaptiveSoftmax
import Foundation
import TensorFiles
import Testing

/// top-k, rank and the further figures of score, on the real head.
struct QueryTests {
  private static let topK = ["top-k"] + ScoringTests.files
  private static let vocabulary = ["--vocabulary", ScoringTests.small("vocab.txt")]

  @Test func topKIsPyTorchs() throws {
    let folder = Folder()
    let outcome = try Tool.run(Self.topK + ["-k", "10", "-o", folder.path("top"), "--json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(folder.names == ["top.ids.npy", "top.logprobs.npy"])
    let ids = try NPYReader(path: folder.path("top.ids.npy"))
    #expect(ids.shape == [4096, 10] && ids.elementType == .int64)
    let reference = try Tensor<Int64>(npy: ScoringTests.small("ref_top10_index.npy"))
    #expect(try Array(ids.read(Int64.self).scalars.prefix(reference.count)) == reference.scalars)
    let logProbs = try Tensor<Float>(npy: folder.path("top.logprobs.npy"))
    let expected = try Tensor<Double>(npy: ScoringTests.small("ref_top10_logprob.npy"))
    #expect(
      zip(logProbs.scalars, expected.scalars).allSatisfy { abs(Double($0) - $1) <= max(4e-6, 1e-6 * abs($1)) })
    let object = try json(outcome.output)
    #expect(object["rows"] as? Int == 4096 && object["k"] as? Int == 10)
    let tiles = [object["tiles_computed"] as? Int, object["tiles_skipped"] as? Int].compactMap(\.self)
    // 1000 + 3, 3000, 6000 and 10000 classes.
    #expect(tiles.reduce(0, +) == 4096 * (4 + 12 + 24 + 40) && tiles.allSatisfy { $0 > 0 })
    #expect(try Tool.run(["predict"] + ScoringTests.files + ["-o", folder.path("one.npy")]).status == 0)
    let predicted = try Tensor<Int64>(npy: folder.path("one.npy"))
    #expect(try predicted.scalars == (0..<4096).map { try ids.read(Int64.self)[$0, 0] })
  }

  @Test func topKAsText() throws {
    let folder = Folder()
    #expect(try Tool.run(Self.topK + ["-k", "2", "-o", folder.path("top")]).status == 0)
    let ids = try Tensor<Int64>(npy: folder.path("top.ids.npy"))
    let logProbs = try Tensor<Float>(npy: folder.path("top.logprobs.npy"))
    let words = try String(contentsOfFile: ScoringTests.small("vocab.txt"), encoding: .utf8).split(separator: "\n")

    let tsv = try Tool.run(Self.topK + Self.vocabulary + ["-k", "2", "-o", folder.path("top.tsv")])
    #expect(tsv.status == 0, "\(tsv.errors)")
    let lines = try String(contentsOfFile: folder.path("top.tsv"), encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 8192)
    for i in stride(from: 0, to: 8192, by: 97) {
      let (id, logProb) = (ids.scalars[i], logProbs.scalars[i])
      #expect(lines[i] == "\(i / 2)\t\(i % 2 + 1)\t\(id)\t\(logProb)\t\(words[Int(id)])")
    }

    let jsonl = try Tool.run(Self.topK + ["-k", "2", "--batch-size", "100", "-o", folder.path("top.jsonl")])
    #expect(jsonl.status == 0, "\(jsonl.errors)")
    let rows = try String(contentsOfFile: folder.path("top.jsonl"), encoding: .utf8).split(separator: "\n")
    #expect(rows.count == 4096)
    for row in stride(from: 0, to: 4096, by: 111) {
      let object = try json(rows[row] + "\n")
      #expect(object["row"] as? Int == row)
      #expect(object["ids"] as? [Int] == [Int(ids[row, 0]), Int(ids[row, 1])])
      #expect((object["logprobs"] as? [Double])?.map { Float($0) } == [logProbs[row, 0], logProbs[row, 1]])
    }
  }

  @Test func topKOfNoRows() throws {
    let folder = try Fixture.folder()
    try folder.write(Fixture.floats([], "(0, 4)"), "none.npy")
    let command = ["top-k", "-k", "3", "--head", "head.safetensors", "--hidden", "none.npy", "-o", "out"]
    let outcome = try Tool.run(command, in: folder.url)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output == "rows     0\nskipped  0.0 % of the tiles of 256 classes\n")
    #expect(try NPYReader(path: folder.path("out.ids.npy")).shape == [0, 3])
  }

  @Test func wordsWithTabsAndQuotes() throws {
    let folder = try Fixture.folder()
    let words = ["a\tb", "\"", "\\"] + (3..<10).map { "w\($0)" }
    try folder.write(Data(words.joined(separator: "\n").utf8), "words.txt")
    let command = ["top-k", "-k", "10", "--head", "head.safetensors", "--hidden", "hidden.npy"]
    let arguments = command + ["--vocabulary", "words.txt", "-o"]
    #expect(try Tool.run(arguments + ["out.tsv"], in: folder.url).status == 0)
    let text = String(decoding: try folder.data("out.tsv"), as: UTF8.self)
    #expect(text.split(separator: "\n").allSatisfy { $0.split(separator: "\t").count == 5 })
    #expect(text.contains("\ta\\tb\n") && text.contains("\t\\\\\n"))
    #expect(try Tool.run(arguments + ["out.jsonl"], in: folder.url).status == 0)
    for line in String(decoding: try folder.data("out.jsonl"), as: UTF8.self).split(separator: "\n") {
      let words = try #require(try json(line + "\n")["words"] as? [String])
      #expect(words.contains("a\tb") && words.contains("\"") && words.contains("\\"))
    }
  }

  @Test func rankIsThePlaceInTopK() throws {
    let folder = Folder()
    let outcome = try Tool.run(
      ["rank"] + ScoringTests.files + ScoringTests.target + ["-o", folder.path("ranks.npy"), "--recall", "1", "10"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let ranks = try Tensor<Int64>(npy: folder.path("ranks.npy"))
    #expect(ranks.shape == [4096])
    let targets = try Tensor<Int64>(npy: ScoringTests.small("targets.npy")).scalars
    #expect(try Tool.run(Self.topK + ["-k", "10", "-o", folder.path("top")]).status == 0)
    let best = try Tensor<Int64>(npy: folder.path("top.ids.npy"))
    for row in 0..<4096 {
      let place = (0..<10).first { best[row, $0] == targets[row] }
      #expect(place.map { Int64($0 + 1) } ?? 11 == min(ranks[row], 11))
    }
    let mrr = ranks.scalars.reduce(0) { $0 + 1 / Double($1) } / 4096
    let ten = Double(ranks.scalars.count { $0 <= 10 }) / 40.96
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.map { $0.prefix(12) } == ["rows        ", "mrr         ", "recall@1    ", "recall@10   "])
    #expect(abs((Double(lines[1].dropFirst(12)) ?? 0) - mrr) <= 1e-6)
    #expect(lines[2].hasSuffix(" 22.83 %"))
    #expect(abs((Double(lines[3].dropFirst(12).dropLast(2)) ?? 0) - ten) <= 0.01)
  }

  @Test func scoreWithRanksAndClusters() throws {
    let folder = Folder()
    let score = ["score"] + ScoringTests.files + ScoringTests.target + ["--json"]
    let plain = try Tool.run(score + ["-o", folder.path("plain.npy")])
    let more = try Tool.run(
      score + ["--recall", "1", "5", "--mrr", "--clusters", "-o", folder.path("more.npy")])
    #expect(more.status == 0, "\(more.errors)")
    #expect(try folder.data("plain.npy") == folder.data("more.npy"))
    let loss = try figure("loss", in: plain.output)
    #expect(try figure("loss", in: more.output) == loss)
    #expect(abs(try figure("bits_per_word", in: plain.output) - loss / log(2)) <= 1e-12)
    let object = try json(more.output)
    let recall = try #require(object["recall"] as? [String: Double])
    #expect(abs((recall["1"] ?? 0) - 0.2283) <= 5e-5 && (recall["5"] ?? 0) > (recall["1"] ?? 0))
    #expect((object["mrr"] as? Double ?? 0) > (recall["1"] ?? 0))
    let clusters = try #require(object["clusters"] as? [[String: Any]])
    #expect(clusters.map { $0["classes"] as? [Int] } == [[0, 1000], [1000, 4000], [4000, 10000], [10000, 20000]])
    #expect(clusters.reduce(0) { $0 + ($1["rows"] as? Int ?? 0) } == 4096)
    let sum = clusters.reduce(0.0) { $0 + Double($1["rows"] as? Int ?? 0) * ($1["loss"] as? Double ?? 0) }
    #expect(abs(sum / 4096 - loss) <= 1e-9)
  }
}
