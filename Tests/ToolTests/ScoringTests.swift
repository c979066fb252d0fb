import AdaptiveSoftmax
import Foundation
import TensorFiles
import Testing

/// score, predict, log-prob and inspect on the real head, against PyTorch's float64 answers.
struct ScoringTests {
  static let files = ["--head", small("head.safetensors"), "--hidden", small("hidden.npy")]
  static let target = ["--target", small("targets.npy")]

  static func small(_ name: String) -> String { Package.small.appendingPathComponent(name).path }

  private struct Reference: Decodable {
    let meanLoss: Double
  }

  private func reference() throws -> Reference {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      Reference.self, from: Data(contentsOf: Package.small.appendingPathComponent("ref_summary.json")))
  }

  @Test func scoreIsPyTorchs() throws {
    let folder = Folder()
    let outcome = try Tool.run(["score", "--json"] + Self.files + Self.target + ["-o", folder.path("logp.npy")])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors == "")
    let object = try json(outcome.output)
    #expect(
      object.keys.sorted()
        == [
          "accuracy", "bits_per_word", "loss", "openmp", "perplexity", "rows", "rows_per_second", "seconds", "threads",
          "variant",
        ])
    #expect(object["rows"] as? Int == 4096)
    let loss = try figure("loss", in: outcome.output)
    #expect(abs(loss - (try reference().meanLoss)) <= 1e-6)
    #expect(try figure("perplexity", in: outcome.output) == exp(loss))
    #expect(folder.names == ["logp.npy"])

    let ours = try NPYReader(path: folder.path("logp.npy"))
    #expect(ours.shape == [4096] && ours.elementType == .float32)
    let scores = try ours.read(Float.self)
    let reference = try Tensor<Double>(npy: Self.small("ref_target_logprob.npy"))
    #expect(zip(scores.scalars, reference.scalars).allSatisfy { abs(Double($0) - $1) <= max(4e-6, 1e-6 * abs($1)) })
    #expect(-scores.scalars.reduce(0) { $0 + Double($1) } / 4096 == loss)
  }

  @Test func bfloat16WeightsCostLittle() throws {
    let arguments = ["score", "--json", "--weights", "bf16"] + Self.files + Self.target
    let outcome = try Tool.run(arguments)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let loss = try figure("loss", in: outcome.output)
    #expect(loss != (try figure("loss", in: Tool.run(["score", "--json"] + Self.files + Self.target).output)))
    #expect(abs(loss - (try reference().meanLoss)) < 0.002)
    let refused = try Tool.run(["score", "--weights", "int8"] + Self.files + Self.target)
    #expect(refused.status == 64 && refused.errors.contains("int8"))
  }

  @Test func scorePrintsATable() throws {
    let outcome = try Tool.run(["score"] + Self.files + Self.target)
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    let table =
      /^(rows        4096\nloss        4\.96447\d{4}\nperplexity  143\.233\d{3}\nbits\/word   7\.162\d{3}\n)accuracy    22\.83 %\n$/
    let match = try #require(outcome.output.firstMatch(of: table))
    let bare = try Tool.run(["score", "--no-accuracy"] + Self.files + Self.target)
    #expect(bare.output == match.1)
    let quiet = try Tool.run(["score", "--quiet"] + Self.files + Self.target)
    #expect(quiet.status == 0 && quiet.output == "" && quiet.errors == "")
  }

  @Test func ignoredRowsDoNotCount() throws {
    let folder = try Fixture.folder()
    try folder.write(Fixture.integers([0, -100, 4, -100, 7, 9], "(6,)"), "targets.npy")
    let arguments = BadInput.score + ["--ignore-index", "-100", "--json"]
    let outcome = try Tool.run(arguments, in: folder.url)
    let object = try json(outcome.output)
    #expect(object["rows"] as? Int == 6 && object["ignored"] as? Int == 2)
    let scores = try Tensor<Float>(npy: folder.path("out.npy")).scalars
    #expect(scores[1] == 0 && scores[3] == 0)
    let loss = -[0, 2, 4, 5].reduce(0) { $0 + Double(scores[$1]) } / 4
    #expect(try figure("loss", in: outcome.output) == loss)
  }

  @Test func predictIgnoresRowsToo() throws {
    let folder = try Fixture.folder()
    #expect(try Tool.run(BadInput.predict, in: folder.url).status == 0)
    var target = try Tensor<Int64>(npy: folder.path("out.npy")).scalars
    (target[0], target[1], target[4]) = (-100, target[1] == 0 ? 1 : 0, -100)
    try folder.write(Fixture.integers(target, "(6,)"), "targets.npy")
    let arguments = BadInput.predict + ["--target", "targets.npy", "--overwrite", "--json"]
    let outcome = try Tool.run(arguments + ["--ignore-index", "-100"], in: folder.url)
    let object = try json(outcome.output)
    #expect(object["rows"] as? Int == 6 && object["ignored"] as? Int == 2 && object["accuracy"] as? Double == 0.75)
    // One that is no class has no word.
    try folder.write(Data((0..<10).map { "w\($0)\n" }.joined().utf8), "words.txt")
    let words = BadInput.predict + ["--target", "targets.npy", "--overwrite", "--ignore-index", "-100"]
    let named = try Tool.run(words + ["--vocabulary", "words.txt", "--samples", "2"], in: folder.url)
    #expect(named.status == 0, "\(named.errors)")
    #expect(named.output.contains("(ignored) -> w") && named.output.contains("w\(target[1]) -> w"))
    let first = try Tool.run(words + ["--vocabulary", "words.txt", "--json"], in: folder.url)
    let samples = try #require(json(first.output)["samples"] as? [[String: Any]])
    #expect(samples[0]["target"] is NSNull && samples[1]["target"] as? String == "w\(target[1])")
    // An ignored index may be a class, and be the prediction.
    let own = try Tool.run(BadInput.predict + ["--overwrite"], in: folder.url)
    let predicted = try Tensor<Int64>(npy: folder.path("out.npy"))
    try folder.write(folder.data("out.npy"), "own.npy")
    let ownArguments = BadInput.predict + ["--target", "own.npy", "--overwrite", "--json"]
    let left = try json(
      try Tool.run(ownArguments + ["--ignore-index", "\(predicted[0])"], in: folder.url).output)
    let ignored = predicted.scalars.count { $0 == predicted[0] }
    #expect(own.status == 0 && left["ignored"] as? Int == ignored)
    #expect(left["accuracy"] as? Double == (ignored < 6 ? 1 : nil))
    let refused = try Tool.run(arguments, in: folder.url)
    #expect(refused.status == 65 && refused.errors.contains("index to ignore (--ignore-index)"), "\(refused.errors)")
  }

  /// Jobs of one name that write to one folder share a journal: the second ends before it touches anything.
  @Test func oneJobAtATimeWritesToAFolder() throws {
    let folder = try Fixture.folder()
    try FileManager.default.copyItem(atPath: folder.path("hidden.npy"), toPath: folder.path("more.npy"))
    try FileManager.default.createDirectory(atPath: folder.path("out"), withIntermediateDirectories: false)
    let arguments = ["predict", "--head", "head.safetensors", "--hidden", "hidden.npy", "more.npy", "-o", "out/"]
    do {
      let lock = try LockFile(guarding: folder.path("out/predict.journal"))
      let second = try Tool.run(arguments, in: folder.url)
      #expect(second.status == 73 && second.errors.contains("out/predict.journal"), "\(second.errors)")
      // What the first has recorded so far is none of the second's business.
      try folder.write(Data("half a journal".utf8), "out/predict.journal")
      let third = try Tool.run(arguments, in: folder.url)
      #expect(third.status == 73 && third.errors.contains("another process"), "\(third.errors)")
      try folder.remove("out/predict.journal")
      withExtendedLifetime(lock) {}
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("out")) == [])
    let alone = try Tool.run(arguments, in: folder.url)
    #expect(alone.status == 0, "\(alone.errors)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("out")).sorted()
    #expect(names == ["hidden.npy", "more.npy"])
  }

  @Test func nothingToScoreIsNaN() throws {
    let folder = try Fixture.folder()
    try folder.write(Fixture.floats([], "(0, 4)"), "hidden.npy")
    try folder.write(Fixture.integers([], "(0,)"), "targets.npy")
    let outcome = try Tool.run(BadInput.score, in: folder.url)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output == "rows        0\nloss        nan\nperplexity  nan\nbits/word   nan\naccuracy    nan %\n")
    #expect(try NPYReader(path: folder.path("out.npy")).shape == [0])
    let object = try json(try Tool.run(BadInput.score + ["--overwrite", "--json"], in: folder.url).output)
    #expect(object["loss"] is NSNull && object["accuracy"] is NSNull)
  }

  /// The members of an object are those of the command, whatever the rows: of none they are null.
  @Test func membersOfNoRowsAreNull() throws {
    let folder = try Fixture.folder()
    try folder.write(Fixture.floats([], "(0, 4)"), "hidden.npy")
    try folder.write(Fixture.integers([], "(0,)"), "targets.npy")
    func check(_ arguments: [String], _ names: [String]) throws {
      let outcome = try Tool.run(arguments, in: folder.url)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let object = try json(outcome.output)
      #expect(object["rows"] as? Int == 0)
      for name in names { #expect(object[name] is NSNull, "\(arguments[0]): \(name)") }
      #expect((object["recall"] as? [String: Any]).map { $0["1"] is NSNull } ?? true)
      #expect((object["recall"] != nil) == names.contains("mrr"))
    }
    let target = ["--head", "head.safetensors", "--hidden", "hidden.npy", "--target", "targets.npy", "--json"]
    let score = ["score"] + target + ["--mrr", "--recall", "1"]
    let losses = ["loss", "perplexity", "bits_per_word", "accuracy", "mrr"]
    try check(score, losses)
    try check(["rank"] + target, ["mrr"])
    try check(["predict"] + target + ["-o", "classes.npy"], ["accuracy"])
    for (command, names) in [(score, losses), (["rank"] + target, ["mrr"]), (["predict"] + target, ["accuracy"])] {
      let output = command[0] + ".npy"
      for shard in ["1/2", "2/2"] { try check(command + ["-o", output, "--shard", shard], names) }
      try check(["merge", "\(output).1-of-2.part", "\(output).2-of-2.part", "-o", output, "--json"], names)
    }
  }

  @Test func predictTellsTheAccuracyOfEachFile() throws {
    let folder = try Fixture.folder()
    #expect(try Tool.run(BadInput.predict, in: folder.url).status == 0)
    for name in ["a.npy", "b.npy"] { try folder.write(folder.data("hidden.npy"), name) }
    var classes = try Tensor<Int64>(npy: folder.path("out.npy")).scalars
    try folder.write(Fixture.integers(classes, "(6,)"), "ta.npy")
    for i in 0..<3 { classes[i] = (classes[i] + 1) % 10 }
    try folder.write(Fixture.integers(classes, "(6,)"), "tb.npy")
    let predict = ["predict", "--head", "head.safetensors", "--hidden", "a.npy", "b.npy", "-o", "many", "--json"]
    let object = try json(try Tool.run(predict + ["--target", "ta.npy", "tb.npy"], in: folder.url).output)
    let files = try #require(object["files"] as? [[String: Any]])
    #expect(files.map { $0["accuracy"] as? Double } == [1, 0.5] && object["accuracy"] as? Double == 0.75)
    #expect(files.map { $0["hidden"] as? String } == ["a.npy", "b.npy"])
  }

  @Test func predictIsPyTorchs() throws {
    let folder = Folder()
    let arguments =
      ["predict"] + Self.files + Self.target + ["--vocabulary", Self.small("vocab.txt"), "--samples", "3"]
    let outcome = try Tool.run(arguments + ["-o", folder.path("classes.npy")])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let ours = try Tensor<Int64>(npy: folder.path("classes.npy"))
    #expect(ours == (try Tensor<Int64>(npy: Self.small("ref_predict.npy"))))
    let words = try String(contentsOfFile: Self.small("vocab.txt"), encoding: .utf8).split(separator: "\n")
    let targets = try Tensor<Int64>(npy: Self.small("targets.npy")).scalars
    let samples = (0..<3).map { "\(words[Int(targets[$0])]) -> \(words[Int(ours.scalars[$0])])\n" }.joined()
    #expect(outcome.output == "rows      4096\naccuracy  22.83 %\ntarget -> predicted\n" + samples)
  }

  @Test func logProbIsPyTorchs() throws {
    let folder = Folder()
    let arguments = ["log-prob"] + Self.files + ["--rows", "0..<8", "-o", folder.path("all.npy")]
    let outcome = try Tool.run(arguments)
    #expect(outcome.status == 0 && outcome.output == "" && outcome.errors == "")
    let ours = try NPYReader(path: folder.path("all.npy"))
    #expect(ours.shape == [8, 20000] && ours.elementType == .float32)
    let reference = try Tensor<Double>(npy: Self.small("ref_logprob_first8.npy"))
    let scores = try ours.read(Float.self)
    #expect(zip(scores.scalars, reference.scalars).allSatisfy { abs(Double($0) - $1) <= max(4e-6, 1e-6 * abs($1)) })

    let asInPython = ["log-prob"] + Self.files + ["--rows", "0:8", "-o", folder.path("python.npy")]
    #expect(try Tool.run(asInPython).status == 0)
    #expect(try folder.data("python.npy") == folder.data("all.npy"))
    let none = ["log-prob"] + Self.files + ["--rows", "5..<5", "-o", folder.path("none.npy"), "--json"]
    #expect(try json(try Tool.run(none).output)["rows"] as? Int == 0)
    #expect(try NPYReader(path: folder.path("none.npy")).shape == [0, 20000])
  }

  @Test func inspectTellsTheSizes() throws {
    let outcome = try Tool.run(["inspect", "--threads", "2", Self.small("head.safetensors")])
    #expect(outcome.status == 0 && outcome.errors == "")
    #expect(
      outcome.output.replacing(/kernels .*\n/, with: "") == """
        prefix      ''
        features    64
        classes     20,000
        cutoffs     1000, 4000, 10000
        head bias   no
        parameters  147,536 (float32, 590,144 bytes)

        cluster        classes   count  projection    bytes
        head          0..<1000   1,000           -  256,768
        tail 0     1000..<4000   3,000    64 -> 16  196,096
        tail 1    4000..<10000   6,000     64 -> 4   97,024
        tail 2   10000..<20000  10,000     64 -> 1   40,256

        """, "\(outcome.output)")
    let object = try json(try Tool.run(["inspect", "--json", Self.small("head.safetensors")]).output)
    #expect(object["n_classes"] as? Int == 20000)
    #expect(object["cutoffs"] as? [Int] == [1000, 4000, 10000])
    let clusters = try #require(object["clusters"] as? [[String: Any]])
    #expect(clusters.map { $0["classes"] as? Int } == [1000, 3000, 6000, 10000])
    #expect(clusters.map { $0["projection"] as? Int } == [nil, 16, 4, 1])
  }
}
