import AdaptiveSoftmax
import Foundation
import TensorFiles
import Testing

/// Any matrix of a file as a head: --weight, --bias, --logit-scale, --softcap.
struct PlainHeadTests {
  private static let weights = [
    Fixture.weight("embed.weight", [3, 4]), Fixture.weight("lm_head.weight", [10, 4]),
    Fixture.weight("lm_head.bias", [10]),
  ]

  private func folder() throws -> Folder {
    let folder = try Fixture.folder()
    // Metadata of a whole model says nothing of its plain head.
    try folder.write(Fixture.safetensors(Self.weights, metadata: ["cutoffs": "[1]"]), "head.safetensors")
    return folder
  }

  static let options = [
    ["--no-bias"], ["--bias", "lm_head.bias"], ["--no-bias", "--logit-scale", "0.25"],
    ["--bias", "lm_head.bias", "--logit-scale", "2", "--softcap", "1.5"],
  ]

  private func head(_ options: [String]) throws -> LinearHead<Float> {
    func number(_ name: String) -> Double? { options.firstIndex(of: name).flatMap { Double(options[$0 + 1]) } }
    let (weight, bias) = (Self.weights[1], Self.weights[2])
    return try LinearHead(
      weight: Tensor(shape: weight.shape, scalars: weight.values),
      bias: options.contains("--bias") ? Tensor(bias.values) : nil, logitScale: number("--logit-scale") ?? 1,
      softcap: number("--softcap"))
  }

  @Test(arguments: options)
  func everyCommandTakesOne(_ options: [String]) throws {
    let folder = try folder()
    let head = try head(options)
    let hidden = try Tensor<Float>(npy: folder.path("hidden.npy"))
    let target = try Tensor<Int64>(npy: folder.path("targets.npy"))
    func run(_ command: [String]) throws -> Tool.Outcome {
      let outcome = try Tool.run(
        command + ["--weight", "lm_head.weight", "--overwrite"] + options, in: folder.url)
      #expect(outcome.status == 0, "\(outcome.errors)")
      return outcome
    }
    let score = try run(BadInput.score + ["--json"])
    let (output, _) = try head(hidden, target)
    #expect(try Tensor<Float>(npy: folder.path("out.npy")) == output)
    #expect(try figure("loss", in: score.output) == -output.scalars.reduce(0) { $0 + Double($1) } / 6)
    _ = try run(BadInput.score + ["--log-sum-exp"])
    #expect(try Tensor<Float>(npy: folder.path("out.npy.lse.npy")) == head.logSumExp(hidden))
    _ = try run(BadInput.logProb)
    #expect(try Tensor<Float>(npy: folder.path("out.npy")) == head.logProb(hidden))
    _ = try run(BadInput.predict)
    #expect(try Tensor<Int64>(npy: folder.path("out.npy")) == head.predict(hidden))
    _ = try run(BadInput.sample)
    #expect(try Tensor<Int64>(npy: folder.path("out.npy")) == head.sample(hidden, using: CounterGenerator(seed: 1)))
  }

  /// A bias beside the matrix is neither added nor left out unasked.
  @Test func aBiasIsNotLeftOutUnasked() throws {
    let folder = try folder()
    for command in [
      BadInput.score, BadInput.predict, BadInput.sample, BadInput.logProb, ["inspect", "head.safetensors"],
      ["top-k", "--head", "head.safetensors", "--hidden", "hidden.npy", "-o", "out"],
      ["rank", "--head", "head.safetensors", "--hidden", "hidden.npy", "--target", "targets.npy"],
    ] {
      let outcome = try Tool.run(command + ["--weight", "lm_head.weight"], in: folder.url)
      #expect(outcome.status == 64 && outcome.errorLines.count == 1 && outcome.output == "")
      for text in ["\"lm_head.bias\"", "--bias lm_head.bias", "--no-bias"] {
        #expect(outcome.errors.contains(text), "\(outcome.errors)")
      }
    }
    // A matrix of another name has none.
    for (bias, weight) in [("lm_head.bias", "lm_head"), ("weight.bias", "weight")] {
      try folder.write(
        Fixture.safetensors([Fixture.weight(weight, [10, 4]), Fixture.weight(bias, [10])]), "head.safetensors")
      let outcome = try Tool.run(BadInput.score + ["--weight", weight, "--overwrite"], in: folder.url)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    try folder.write(
      Fixture.safetensors([Fixture.weight("weight", [10, 4]), Fixture.weight("bias", [10])]), "head.safetensors")
    let bare = try Tool.run(BadInput.score + ["--weight", "weight", "--overwrite"], in: folder.url)
    #expect(bare.status == 64 && bare.errors.contains("\"bias\" beside \"weight\""), "\(bare.errors)")
  }

  @Test func whatDoesNotFitIsNamed() throws {
    let folder = try folder()
    func refusal(_ options: [String]) throws -> String {
      let outcome = try Tool.run(BadInput.score + options, in: folder.url)
      #expect(outcome.status == 65 && outcome.errorLines.count == 1)
      return outcome.errors
    }
    #expect(
      try refusal(["--weight", "head.weight"]).contains(
        "head.safetensors: Missing key in state_dict: \"head.weight\"; there are \"lm_head.weight\" [10, 4], \"embed.weight\" [3, 4]"
      ))
    #expect(
      try refusal(["--weight", "lm_head.weight", "--bias", "embed.weight"]).contains(
        "size mismatch for embed.weight: expected shape [10], found [3, 4]"))
    #expect(try refusal(["--weight", "lm_head.bias"]).contains("expected shape [classes, features]"))
    #expect(try refusal(["--weight", "embed.weight"]).contains("row 1: expected a class in [0, 2], found 3"))
    var broken = Self.weights
    broken[2].values[4] = .nan
    try folder.write(Fixture.safetensors(broken), "head.safetensors")
    #expect(
      try refusal(["--weight", "lm_head.weight", "--bias", "lm_head.bias"]).contains(
        "tensor 'lm_head.bias': expected finite weights, found nan at [4]"))
  }

  @Test func logSumExpIsForPlainHeads() throws {
    let folder = try Fixture.folder()
    let adaptive = try Tool.run(BadInput.score + ["--log-sum-exp"], in: folder.url)
    #expect(adaptive.status == 64 && adaptive.errors.contains("expected a plain head"), "\(adaptive.errors)")
    #expect(!folder.names.contains { $0.hasPrefix("out.npy") })
    let nowhere = try Tool.run(
      Array(BadInput.score.prefix { $0 != "-o" }) + ["--log-sum-exp", "--weight", "w"], in: folder.url)
    #expect(nowhere.status == 64 && nowhere.errors.contains("found none; name one with -o"), "\(nowhere.errors)")
  }

  // A job that is resumed with other options is another job.
  @Test func theOptionsArePartOfTheJob() throws {
    let folder = try folder()
    let arguments = BadInput.logProb + ["--weight", "lm_head.weight"]
    for (shard, options) in [("1/2", ["--no-bias"]), ("2/2", ["--no-bias", "--softcap", "3"])] {
      #expect(try Tool.run(arguments + ["--shard", shard] + options, in: folder.url).status == 0)
    }
    let parts = folder.names.filter { $0.hasSuffix(".part") }
    #expect(parts.count == 2)
    let outcome = try Tool.run(["merge"] + parts + ["-o", "whole.npy"], in: folder.url)
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("softcap 3.0"), "\(outcome.errors)")
  }
}
