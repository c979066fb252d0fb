import Foundation

extension BadInput {
  private static func head(_ name: String, _ mention: String, _ contents: @autoclosure @escaping @Sendable () -> Data)
    -> BadInput
  {
    BadInput(name, 65, "head.safetensors", mention) { try $0.write(contents(), "head.safetensors") }
  }

  private static func weights(_ change: (inout [Fixture.Weight]) -> Void) -> Data {
    var weights = Fixture.weights
    change(&weights)
    return Fixture.safetensors(weights)
  }

  private static func metadata(_ change: [String: String]) -> Data {
    Fixture.safetensors(Fixture.weights, metadata: Fixture.metadata.merging(change) { $1 })
  }

  private static func header(_ entries: String, _ bytes: Int = 8) -> Data {
    Fixture.safetensors(header: "{\(entries)}", data: Data(count: bytes))
  }

  /// Heads that do not hold together, or lie about themselves.
  static let heads: [BadInput] = [
    head("a NaN weight", "tensor 'head.weight'", weights { $0[0].values[9] = .nan }),
    head("an infinite weight in a tail", "tensor 'tail.1.1.weight'", weights { $0[4].values[2] = .infinity }),
    head("an array", "found a .npy array", Fixture.floats([1, 2], "(2,)")),
    head("a tensor missing", "tail.0.1.weight", weights { $0.remove(at: 2) }),
    head("the head missing", "head.weight", weights { $0.remove(at: 0) }),
    head("a tensor too many", "decoder.weight", weights { $0.append(Fixture.weight("decoder.weight", [2, 2])) }),
    head("a bias on one tail only", "tail.1.1.bias", weights { $0.append(Fixture.weight("tail.0.1.bias", [3])) }),
    head(
      "a projection of another width", "tail.0.0.weight", weights { $0[1] = Fixture.weight("tail.0.0.weight", [2, 5]) }),
    head(
      "a tail's layers that do not fit", "tail.1.1.weight",
      weights { $0[4] = Fixture.weight("tail.1.1.weight", [3, 2]) }),
    head("a head of one dimension", "head.weight", weights { $0[0] = Fixture.weight("head.weight", [24]) }),
    head("a bias of another length", "head.bias", weights { $0.append(Fixture.weight("head.bias", [5])) }),
    head("no tails", "tail.0.0.weight", weights { $0.removeSubrange(1...) }),
    head("a tail left out", "tail.0.0.weight", weights { $0.removeSubrange(1...2) }),
    head("integer weights", "head.weight", weights { $0[0].dtype = "I32" }),
    head("no tensors", "head.weight", header("", 0)),
    head(
      "a model without an adaptive head",
      "found none; name a plain head's [classes, features] tensor with --weight: \"lm_head.weight\" [9, 2], "
        + "\"layers.0.weight\" [2, 2], ",
      Fixture.safetensors(
        (0..<30).map { Fixture.weight("layers.\($0).weight", [2, 2]) } + [Fixture.weight("lm_head.weight", [9, 2])])),
    head(
      "the article's cutoffs", "expected [4, 7] as the tensors' shapes say, found [10, 100, 1000]",
      metadata(["cutoffs": "[10, 100, 1000]"])),
    head("another number of classes", "metadata 'n_classes': expected 10", metadata(["n_classes": "1000"])),
    head("another number of features", "metadata 'in_features': expected 4", metadata(["in_features": "10"])),
    head("a bias promised", "metadata 'head_bias': expected false", metadata(["head_bias": "True"])),
    head(
      "a line feed in metadata", #"found [4,\n\u{1b} 8]"#, metadata(["cutoffs": #"[4,\n\u001b 8]"#])),
    head(
      "line feeds in a name", #"a\nError: all fine\u{2028}"#,
      weights { $0.append(Fixture.weight(#"a\nError: all fine\u2028"#, [2, 2])) }),
    head(
      "a name in two spellings", "differing only in how accents are written",
      weights { $0 += [Fixture.weight("\u{e9}", [2]), Fixture.weight("e\u{301}", [3])] }),
    head("an index of several files", "found JSON", Data(#"{"weight_map": {}}"#.utf8)),
    head("an empty head", "at least 8 bytes", Data()),
    head("a header beyond the file", "header", Fixture.bytes([UInt64(1_000_000)]) + Data("{}".utf8)),
    head("a header of 2^63 bytes", "header", Fixture.bytes([UInt64(1) << 63]) + Data("{}".utf8)),
    head("a cut-off header", "header", Fixture.safetensors(Fixture.weights).prefix(30)),
    head("cut-off data", "tensor", Fixture.safetensors(Fixture.weights).dropLast(4)),
    head("trailing bytes", "too many", Fixture.safetensors(Fixture.weights) + Data(count: 4)),
    head("a header that is not JSON", "head.safetensors", Fixture.safetensors(header: "weights")),
    head("a header that is an array", "head.safetensors", Fixture.safetensors(header: "[]")),
    head("a PyTorch file", "head.safetensors", Data([0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 60))),
    head("an unknown dtype", "dtype", header(#""a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}"#)),
    head("offsets of another length", "data_offsets", header(#""a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}"#)),
    head(
      "offsets the wrong way round", "data_offsets", header(#""a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}"#)),
    head(
      "tensors that overlap", "overlap",
      header(
        #""a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}"#)),
    head(
      "a hole between tensors", "hole",
      header(
        #""a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}"#,
        12)),
    head(
      "a name twice", "head.safetensors",
      header(
        #""a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}"#)),
    head(
      "a shape beyond Int", "head.safetensors",
      header(#""a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}"#)),
    BadInput(
      "a permutation of fewer classes", running: score + ["--permutation", "targets.npy"], 65, "targets.npy",
      "permutation of the head's classes", "[10]", "[6]"),
    BadInput(
      "a class twice in a permutation", running: predict + ["--permutation", "order.npy"], 65, "order.npy", "once"
    ) { try $0.write(Fixture.integers([0, 1, 2, 3, 4, 5, 6, 7, 8, 8], "(10,)"), "order.npy") },
    BadInput("no permutation", running: logProb + ["--permutation", "order.npy"], 66, "order.npy"),
    BadInput(
      "an output over the permutation", running: predict + ["--permutation", "out.npy", "--overwrite"], 64, "out.npy",
      "output of its own"
    ) { try $0.write(Fixture.integers([9, 8, 7, 6, 5, 4, 3, 2, 1, 0], "(10,)"), "out.npy") },
    BadInput(
      "an original target that is no class", running: score + ["--permutation", "order.npy"], 65, "targets.npy: row 1:",
      "found 10"
    ) {
      try $0.write(Fixture.integers([9, 8, 7, 6, 5, 4, 3, 2, 1, 0], "(10,)"), "order.npy")
      try $0.write(Fixture.integers([0, 10, 4, 6, 7, 9], "(6,)"), "targets.npy")
    },
    BadInput("inspect an array", running: ["inspect", "hidden.npy"], 65, "hidden.npy"),
    BadInput(
      "inspect the article's cutoffs", running: ["inspect", "--json", "head.safetensors"], 65, "metadata 'cutoffs'"
    ) {
      try $0.write(metadata(["cutoffs": "[10, 100, 1000]"]), "head.safetensors")
    },
  ]
}
