import AdaptiveSoftmax
import Foundation
import TensorFiles
import Testing

/// Which head of a file, and arrays of raw bytes: --prefix, --dtype, and inspect for all of them.
struct HeadInputTests {
  /// A file with two heads; that of `b.` is the usual one.
  private func folder() throws -> Folder {
    let folder = try Fixture.folder()
    func named(_ prefix: String, _ factor: Float) -> [Fixture.Weight] {
      Fixture.weights.map {
        Fixture.Weight(name: prefix + $0.name, shape: $0.shape, values: $0.values.map { $0 * factor })
      }
    }
    try folder.write(Fixture.safetensors(named("a.", 2) + named("b.", 1)), "two.safetensors")
    return folder
  }

  @Test func prefixChoosesAHead() throws {
    let folder = try folder()
    let two = BadInput.logProb.map { $0 == "head.safetensors" ? "two.safetensors" : $0 }
    let refused = try Tool.run(two, in: folder.url)
    #expect(refused.status == 65 && refused.errors.contains("choose a prefix among \"a.\", \"b.\""))
    #expect(try Tool.run(BadInput.logProb, in: folder.url).status == 0)
    let usual = try folder.data("out.npy")
    for (prefix, same) in [("a.", false), ("b.", true)] {
      let outcome = try Tool.run(two + ["--prefix", prefix, "--overwrite"], in: folder.url)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try (folder.data("out.npy") == usual) == same)
    }
    for wrong in ["c.", "a"] {
      let other = try Tool.run(two + ["--prefix", wrong, "--overwrite"], in: folder.url)
      #expect(other.status == 65 && other.errors.contains("Choose another prefix: \"a.\", \"b.\"."), "\(other.errors)")
    }
    let inspected = try Tool.run(["inspect", "two.safetensors", "--prefix", "b.", "--json"], in: folder.url)
    let usualInspected = try Tool.run(["inspect", "head.safetensors", "--json"], in: folder.url)
    #expect(
      inspected.output.replacing("\"prefix\": \"b.\"", with: "\"prefix\": \"\"") == usualInspected.output)
    #expect(usualInspected.output.hasPrefix("{\"prefix\": \"\", "))
    let named = try Tool.run(["inspect", "two.safetensors", "--prefix", "b."], in: folder.url)
    #expect(named.output.hasPrefix("prefix      'b.'\n"))
    let wrong = try Tool.run(two + ["--prefix", "a.", "--weight", "a.head.weight", "--overwrite"], in: folder.url)
    #expect(wrong.status == 65 && wrong.errors.contains("\"a.a.head.weight\""), "\(wrong.errors)")
  }

  /// The names of a plain head stand behind the prefix, in every command.
  @Test func prefixStandsBeforeAPlainHeadToo() throws {
    let folder = try folder()
    let two = BadInput.logProb.map { $0 == "head.safetensors" ? "two.safetensors" : $0 }
    let whole = ["--weight", "a.head.weight"]
    let behind = ["--prefix", "a.", "--weight", "head.weight"]
    #expect(try Tool.run(two + whole, in: folder.url).status == 0)
    let bytes = try folder.data("out.npy")
    let outcome = try Tool.run(two + behind + ["--overwrite"], in: folder.url)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try folder.data("out.npy") == bytes)
    let inspect = ["inspect", "two.safetensors", "--json"]
    let inspected = try Tool.run(inspect + behind, in: folder.url)
    #expect(inspected.status == 0, "\(inspected.errors)")
    #expect(try inspected.output == Tool.run(inspect + whole, in: folder.url).output)
    try folder.write(
      Fixture.safetensors([Fixture.weight("m.head.weight", [10, 4]), Fixture.weight("m.head.bias", [10])]),
      "two.safetensors")
    let model = two + ["--overwrite", "--prefix", "m.", "--weight", "head.weight"]
    let unsaid = try Tool.run(model, in: folder.url)
    #expect(unsaid.status == 64 && unsaid.errors.contains("write --bias head.bias, or --no-bias"), "\(unsaid.errors)")
    #expect(try Tool.run(model + ["--bias", "head.bias"], in: folder.url).status == 0)
    // A bias that does not fit is no reason to leave it out silently.
    for shape in [[9], [10, 1]] {
      try folder.write(
        Fixture.safetensors([Fixture.weight("m.head.weight", [10, 4]), Fixture.weight("m.head.bias", shape)]),
        "two.safetensors")
      let unfit = try Tool.run(model, in: folder.url)
      #expect(unfit.status == 64 && unfit.errors.contains("or --no-bias"), "\(shape): \(unfit.errors)")
      #expect(try Tool.run(model + ["--no-bias"], in: folder.url).status == 0)
    }
  }

  @Test func inspectShowsAPlainHead() throws {
    let folder = try folder()
    let outcome = try Tool.run(["inspect", "two.safetensors", "--weight", "a.tail.0.1.weight"], in: folder.url)
    #expect(outcome.status == 0 && !outcome.output.contains("prefix"), "\(outcome.errors)")
    for text in ["features    2", "classes     3", "cutoffs     none", "parameters  6 (float32, 24 bytes)"] {
      #expect(outcome.output.contains(text + "\n"))
    }
  }

  @Test func arraysOfBFloat16() throws {
    let folder = try Fixture.folder()
    let hidden = try Tensor<Float>(npy: folder.path("hidden.npy")).to(BFloat16.self)
    try hidden.save(npy: folder.path("half.npy"))
    let half = BadInput.logProb.map { $0 == "hidden.npy" ? "half.npy" : $0 }
    let refused = try Tool.run(half, in: folder.url)
    #expect(refused.status == 65 && refused.errors.contains("half.npy") && refused.errors.contains("(--dtype bf16)"))
    #expect(try Tool.run(half + ["--dtype", "bf16"], in: folder.url).status == 0)
    let found = try folder.data("out.npy")
    try hidden.to(Float.self).save(npy: folder.path("hidden.npy"), overwrite: true)
    #expect(try Tool.run(BadInput.logProb + ["--overwrite"], in: folder.url).status == 0)
    #expect(try folder.data("out.npy") == found)
    let softmax = ["softmax", "--dim", "1", "half.npy", "-o", "soft.npy"]
    let raw = try Tool.run(softmax, in: folder.url)
    #expect(raw.status == 65 && raw.errors.contains("(--dtype bf16)"), "\(raw.errors)")
    #expect(try Tool.run(softmax + ["--dtype", "bf16"], in: folder.url).status == 0)
    #expect(try Tensor<BFloat16>(npy: folder.path("soft.npy")) == AdaptiveSoftmax.softmax(hidden, dim: 1))
    // Floats are no raw bytes.
    let floats = try Tool.run(BadInput.logProb + ["--dtype", "bf16", "--overwrite"], in: folder.url)
    #expect(floats.status == 65 && floats.errors.contains("expected bfloat16"))
  }

  @Test func logSumExpTakesIntegers() throws {
    let folder = Folder()
    let scalars: [Int64] = [1, 2, 3, -4, 0, 100]
    try folder.write(Fixture.integers(scalars, "(2, 3)"), "x.npy")
    let outcome = try Tool.run(["logsumexp", "--dim", "1", "x.npy", "-o", "y.npy"], in: folder.url)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let x = try Tensor<Int64>(shape: [2, 3], scalars: scalars)
    let expected = try logSumExp(x.to(Float.self), dim: 1)
    #expect(try Tensor<Float>(npy: folder.path("y.npy")) == expected)
    #expect(try logSumExp(x, dim: 1) == expected)
    #expect(
      try logSumExp(x, dims: [0, 1], keepingDims: true) == logSumExp(x.to(Float.self), dims: [0, 1], keepingDims: true))
    #expect(try Tool.run(["softmax", "--dim", "1", "x.npy", "-o", "z.npy"], in: folder.url).status == 65)
  }

  /// Sizes of 0 beside huge ones: nothing to do, and nothing that counts too far.
  @Test(arguments: [
    ("(0, 144115188075855872)", "0"), ("(3, 0, 36028797018963968)", "1"), ("(144115188075855872, 0)", "1"),
  ])
  func emptyArrays(_ shape: String, _ dim: String) throws {
    let folder = Folder()
    try folder.write(Fixture.floats([], shape), "x.npy")
    for command in ["softmax", "softmin", "log-softmax"] {
      let outcome = try Tool.run([command, "--dim", dim, "x.npy", "-o", "y.npy", "--overwrite"], in: folder.url)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try folder.data("y.npy") == folder.data("x.npy"))
      #expect(Set(folder.names) == ["x.npy", "y.npy"])
    }
  }

  /// Sums of sizes that no Int holds are figures, no traps.
  @Test func headsOfHugeEmptyTails() throws {
    let folder = Folder()
    let header =
      #"{"head.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"#
      + #""tail.0.0.weight":{"dtype":"F32","shape":[0,2],"data_offsets":[16,16]},"#
      + #""tail.0.1.weight":{"dtype":"F32","shape":[268435456,0],"data_offsets":[16,16]}}"#
    try folder.write(Fixture.safetensors(header: header, data: Data(count: 16)), "h.safetensors")
    let outcome = try Tool.run(["inspect", "h.safetensors"], in: folder.url)
    #expect(outcome.status == 0 && outcome.output.contains("16 bytes"), "\(outcome.errors)")
    let huge = header.replacingOccurrences(of: "268435456", with: "4611686018427387904")
    try folder.write(Fixture.safetensors(header: huge, data: Data(count: 16)), "h.safetensors")
    let refused = try Tool.run(["inspect", "h.safetensors"], in: folder.url)
    #expect(refused.status == 65 && refused.errors.contains("width 0"), "\(refused.errors)")
  }

  @Test func aDamagedCheckpointIsNotScored() throws {
    let folder = Folder()
    var bytes = try Data(contentsOf: URL(fileURLWithPath: ConvertTests.checkpoint("pytorch.pt")))
    let place = try #require(bytes.range(of: Data("/data/0".utf8))).upperBound + 70
    bytes[place] ^= 1
    try folder.write(bytes, "head.pt")
    for command in [["inspect", "head.pt"], ["convert", "--from", "pytorch", "head.pt", "-o", "out.safetensors"]] {
      let outcome = try Tool.run(command, in: folder.url)
      #expect(outcome.status == 65 && outcome.errors.contains("checksum"), "\(outcome.errors)")
    }
    #expect(folder.names == ["head.pt"])
  }
}
