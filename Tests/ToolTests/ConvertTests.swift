import AdaptiveSoftmax
import Foundation
import TensorFiles
import Testing

/// convert, and .pt files in place of safetensors, on the checkpoints of Fixtures/conversion.
struct ConvertTests {
  static func checkpoint(_ name: String) -> String {
    Package.root.appendingPathComponent("Tests/Fixtures/conversion/\(name)").path
  }

  private static let transformerXL = [
    "convert", "--from", "transformer-xl", checkpoint("txl_original.pt"), "--cluster-order", "original",
  ]

  @Test func printsWhatItFoundAndWhatItCosts() throws {
    let folder = Folder()
    try Tensor<Int64>([0, 8, 9, 19, 20, 36]).save(npy: folder.path("y.npy"))
    let outcome = try Tool.run(
      Self.transformerXL + [
        "-o", folder.path("head.safetensors"), "--dtype", "bf16", "--target", folder.path("y.npy"), "--hidden",
        Self.checkpoint("txl_original.hidden.npy"),
      ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors == "")
    let lines = outcome.output.split(separator: "\n")
    #expect(
      lines.prefix(7) == [
        "prefix      'crit.'", "features    12", "classes     37", "cutoffs     9, 20", "biases      head, tails",
        "weights     bfloat16, 1,492 -> 642 bytes", "rows        6",
      ])
    #expect(lines.count == 9)
    #expect(lines[7].wholeMatch(of: /loss        \d+\.\d{9} -> \d+\.\d{9}/) != nil, "\(lines[7])")
    #expect(lines[8].wholeMatch(of: /difference  0\.0\d+ at most in a log-probability/) != nil, "\(lines[8])")
    #expect(folder.names == ["head.safetensors", "y.npy"])
  }

  @Test func noRowsAreSaid() throws {
    let folder = Folder()
    try folder.write(Fixture.floats([], "(0, 12)"), "x.npy")
    try folder.write(Fixture.integers([], "(0,)"), "y.npy")
    let outcome = try Tool.run(
      Self.transformerXL + ["-o", "head.safetensors", "--hidden", "x.npy", "--target", "y.npy"], in: folder.url)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.hasSuffix(" bytes\nrows        0, on which no cost can be measured\n"), "\(outcome.output)")
  }

  /// What a file calls its tensors cannot write lines of its own.
  @Test func thePrefixIsOnOneLine() throws {
    let folder = Folder()
    let weights = Fixture.weights.map {
      Fixture.Weight(name: #"a\n\u001b[31m."# + $0.name, shape: $0.shape, values: $0.values)
    }
    try folder.write(Fixture.safetensors(weights), "odd.safetensors")
    let outcome = try Tool.run(
      ["convert", "--from", "pytorch", "odd.safetensors", "-o", "head.safetensors"], in: folder.url)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("prefix      'a\\n\\u{1b}[31m.'\nfeatures    4\n"), "\(outcome.output)")
  }

  /// The loss it prints for the new file is the one that score prints.
  @Test func costIsWhatScoreFinds() throws {
    let folder = Folder()
    try Tensor<Int64>([0, 8, 9, 19, 20, 36]).save(npy: folder.path("y.npy"))
    let rows = ["--hidden", Self.checkpoint("txl_original.hidden.npy"), "--target", folder.path("y.npy"), "--json"]
    let converted = try Tool.run(
      Self.transformerXL + ["-o", folder.path("head.safetensors"), "--dtype", "f16"] + rows)
    let object = try json(converted.output)
    #expect(object["prefix"] as? String == "crit.")
    #expect(object["tail_bias"] as? Bool == true)
    #expect(object["cutoffs"] as? [Int] == [9, 20])
    let scored = try Tool.run(["score", "--head", folder.path("head.safetensors")] + rows)
    #expect(try figure("loss", in: converted.output) == figure("loss", in: scored.output))
  }

  /// What is measured on is read before the new head has its name.
  @Test(arguments: [false, true])
  func rowsThatAreNotFiniteLeaveNothing(overwrite: Bool) throws {
    let folder = Folder()
    try Tensor<Int64>([0, 8, 9, 19, 20, 36]).save(npy: folder.path("y.npy"))
    var values = [Float](repeating: 1, count: 72)
    values[4 * 12 + 3] = .nan
    try folder.write(Fixture.floats(values, "(6, 12)"), "nan.npy")
    if overwrite { try folder.write(Data("mine".utf8), "head.safetensors") }
    let before = folder.names
    let outcome = try Tool.run(
      Self.transformerXL + ["-o", "head.safetensors", "--hidden", "nan.npy", "--target", "y.npy", "--overwrite"],
      in: folder.url)
    #expect(outcome.status == 65)
    #expect(outcome.errorLines.count == 1 && outcome.errors.contains("nan.npy"), "\(outcome.errors)")
    #expect(folder.names == before)
    if overwrite { #expect(try folder.data("head.safetensors") == Data("mine".utf8)) }
  }

  @Test func aCheckpointIsAHead() throws {
    let folder = Folder()
    let inspected = try Tool.run(["inspect", Self.checkpoint("nested.pt")])
    #expect(inspected.status == 0, "\(inspected.errors)")
    #expect(inspected.output.contains("cutoffs     9, 20\n"))
    let hidden = ["--hidden", Self.checkpoint("nested.hidden.npy"), "-o"]
    let converted = try Tool.run(
      ["convert", "--from", "pytorch", Self.checkpoint("nested.pt"), "-o", folder.path("head.safetensors"), "--quiet"])
    #expect(converted.status == 0 && converted.output == "" && converted.errors == "")
    for (head, name) in [(Self.checkpoint("nested.pt"), "a.npy"), (folder.path("head.safetensors"), "b.npy")] {
      let outcome = try Tool.run(["log-prob", "--head", head] + hidden + [folder.path(name)])
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    #expect(try folder.data("a.npy") == folder.data("b.npy"))
  }

  private static let refusals: [(arguments: [String], status: Int32, mentions: String)] = [
    (["--from", "keras", checkpoint("pytorch.pt")], 64, "keras"),
    (["--from", "pytorch", checkpoint("missing.pt")], 66, "missing.pt"),
    (["--from", "pytorch", checkpoint("fairseq.pt")], 65, "fairseq.pt: expected a pytorch head"),
    (["--from", "pytorch", checkpoint("fairseq.pt")], 65, "or score a plain head as it is with --weight NAME"),
    (["--from", "pytorch", checkpoint("pytorch.pt"), "--prefix", "x."], 65, "x.head.weight"),
    (["--from", "pytorch", checkpoint("pytorch.pt"), "--dtype", "f8"], 64, "f8"),
    (["--from", "pytorch", checkpoint("pytorch.pt"), "--cutoffs", "9,20"], 64, "--cutoffs"),
    (["--from", "pytorch", checkpoint("pytorch.pt"), "--tied-projections"], 64, "--tied-projections"),
    (["--from", "pytorch", checkpoint("pytorch.pt"), "--hidden", "x.npy"], 64, "--target"),
    (["--from", "pytorch", checkpoint("pytorch.pt"), "-o", "no/such/folder.safetensors"], 73, "no/such"),
    (["--from", "fairseq", checkpoint("fairseq_square.pt")], 65, "--tied-projections"),
    (["--from", "transformer-xl", checkpoint("txl_original.pt")], 64, "--cluster-order"),
    (["--from", "transformer-xl", checkpoint("txl_div1.pt"), "--cluster-order", "original"], 65, "--cutoffs"),
    (
      ["--from", "transformer-xl", checkpoint("txl_div1.pt"), "--cluster-order", "original", "--cutoffs", "9;20"], 64,
      "--cutoffs"
    ),
  ]

  @Test(arguments: refusals.indices)
  func isRefused(index: Int) throws {
    let (arguments, status, mentions) = Self.refusals[index]
    let folder = Folder()
    let output = arguments.contains("-o") ? [] : ["-o", "out.safetensors"]
    let outcome = try Tool.run(["convert"] + arguments + output, in: folder.url)
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(outcome.output == "")
    #expect(outcome.errorLines.first?.hasPrefix("Error: ") == true)
    #expect(outcome.errorLines.first?.contains(mentions) == true, "\(outcome.errors)")
    #expect(folder.names == [])
  }
}
