internal import ArgumentParser
internal import BatchScoring

/// Which tensors of the head's file make a plain head, and what happens to its logits.
struct PlainHeadOptions: ParsableArguments {
  @Option(
    name: .long,
    help: "Use this [classes, features] tensor of the file as a plain head, such as lm_head.weight.")
  var weight: String?

  @Option(
    name: .long, help: "The plain head's bias: a [classes] tensor of the file, such as lm_head.bias.")
  var bias: String?

  @Flag(name: .long, help: "Leave out the bias beside --weight; where the file has one, --bias or this must be given.")
  var noBias = false

  @Option(
    name: .long, parsing: .unconditional, help: "Multiply the plain head's logits by this. (default: 1)")
  var logitScale: Double?

  @Option(
    name: .long, parsing: .unconditional,
    help: "Bound the plain head's scaled logits: softcap tanh(logit / softcap). (default: no bound)")
  var softcap: Double?

  func validate() throws {
    let given = [
      ("--bias", bias != nil), ("--no-bias", noBias), ("--logit-scale", logitScale != nil),
      ("--softcap", softcap != nil),
    ].first { $0.1 }
    if let given, weight == nil {
      throw ValidationError(
        "\(given.0): expected --weight beside it, found an adaptive head; name the plain head's tensor")
    }
    guard bias == nil || !noBias else {
      throw ValidationError("--no-bias: expected no --bias beside it, found one; choose one of them")
    }
    for (name, value) in [("--logit-scale", logitScale), ("--softcap", softcap)] {
      if let value, !(value > 0 && Float(value).isNormal) {
        throw ValidationError("\(name): expected a positive number that float32 holds, found \(value)")
      }
    }
  }

  var head: HeadSource.Plain? {
    weight.map {
      HeadSource.Plain(
        weight: $0, bias: bias, leavesOutBias: noBias, logitScale: logitScale ?? 1, softcap: softcap)
    }
  }
}
