import AdaptiveSoftmax
import Foundation
import TensorFiles
import Testing

/// sample on the real head.
struct SampleTests {
  private let arguments = ["sample"] + ScoringTests.files

  private func sample(_ options: [String], _ folder: Folder, _ name: String = "out.npy") throws -> Tool.Outcome {
    let outcome = try Tool.run(arguments + options + ["--overwrite", "-o", folder.path(name)])
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome
  }

  @Test func drawsAreThoseOfTheLibrary() throws {
    let folder = Folder()
    let outcome = try sample(["-n", "3", "--seed", "7", "--temperature", "0.8", "--json"], folder)
    let object = try json(outcome.output)
    #expect(object["rows"] as? Int == 4096 && object["draws"] as? Int == 3)
    let drawn = try Tensor<Int64>(npy: folder.path("out.npy"))
    #expect(drawn.shape == [4096, 3])

    let file = try SafetensorsFile(path: ScoringTests.small("head.safetensors"))
    var weights = StateDict<Float>()
    for entry in file.tensors { weights[entry.name] = try file.tensor(entry.name, as: Float.self) }
    let head = try AdaptiveLogSoftmaxWithLoss(stateDict: weights)
    let hidden = try Tensor<Float>(npy: ScoringTests.small("hidden.npy"))
    #expect(drawn == (try head.sample(hidden, count: 3, using: CounterGenerator(seed: 7), temperature: 0.8)))
  }

  @Test func theSeedDecides() throws {
    let folder = Folder()
    var files: [Data] = []
    for seed in ["1", "1", "2"] {
      _ = try sample(["--seed", seed], folder)
      files.append(try folder.data("out.npy"))
    }
    #expect(files[0] == files[1])
    #expect(files[0] != files[2])
  }

  @Test func theBestClassIsThePredictedOne() throws {
    let folder = Folder()
    _ = try sample(["--seed", "1", "--top-k", "1"], folder)
    let reference = try Tensor<Int64>(npy: ScoringTests.small("ref_predict.npy"))
    #expect(try Tensor<Int64>(npy: folder.path("out.npy")).scalars == reference.scalars)
  }

  @Test func textHasTheWords() throws {
    let folder = Folder()
    let options = ["-n", "2", "--seed", "1", "--top-p", "0.6"]
    _ = try sample(options, folder)
    let drawn = try Tensor<Int64>(npy: folder.path("out.npy"))
    let words = try String(contentsOfFile: ScoringTests.small("vocab.txt"), encoding: .utf8).split(separator: "\n")
    let expected = (0..<4096).map { row in (0..<2).map { String(words[Int(drawn[row, $0])]) } }

    let vocabulary = ["--vocabulary", ScoringTests.small("vocab.txt")]
    _ = try sample(options + vocabulary, folder, "out.tsv")
    let lines = try String(contentsOfFile: folder.path("out.tsv"), encoding: .utf8).split(separator: "\n")
    #expect(
      lines.map(String.init)
        == (0..<4096).flatMap { row in
          (0..<2).map { "\(row)\t\($0 + 1)\t\(drawn[row, $0])\t\(expected[row][$0])" }
        })

    _ = try sample(options + vocabulary, folder, "out.jsonl")
    let objects = try String(contentsOfFile: folder.path("out.jsonl"), encoding: .utf8).split(separator: "\n")
    #expect(objects.count == 4096)
    for (row, line) in objects.enumerated() {
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(object["row"] as? Int == row)
      #expect(object["words"] as? [String] == expected[row])
      #expect(object["ids"] as? [Int] == (0..<2).map { Int(drawn[row, $0]) })
    }
    _ = try sample(options, folder, "ids.tsv")
    let ids = try String(contentsOfFile: folder.path("ids.tsv"), encoding: .utf8)
    #expect(ids.hasPrefix("0\t1\t\(drawn[0, 0])\n0\t2\t\(drawn[0, 1])\n"))
  }

  @Test(arguments: ["out.npy", "out.tsv"])
  func shardsJoinToTheWhole(_ name: String) throws {
    let folder = Folder()
    let options = ["-n", "2", "--seed", "5", "--top-k", "20"]
    _ = try sample(options, folder, name)
    let whole = try folder.data(name)
    try FileManager.default.removeItem(atPath: folder.path(name))
    for shard in 1...3 { _ = try sample(options + ["--shard", "\(shard)/3"], folder, name) }
    let parts = folder.names.filter { $0.hasSuffix(".part") }.map { folder.path($0) }
    #expect(parts.count == 3)
    let outcome = try Tool.run(["merge"] + parts + ["-o", folder.path(name)])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try folder.data(name) == whole)
  }
}
