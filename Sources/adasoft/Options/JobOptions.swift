internal import ArgumentParser
internal import BatchScoring

/// What every job takes that can be cut into parts and resumed.
struct JobOptions: ParsableArguments {
  @OptionGroup var batch: BatchOptions

  @Flag(
    name: .long,
    help: """
      Go on where an earlier run of the same command was ended; from the beginning if there was none. A part of --shard \
      that is done already is well; any other output that exists is refused.
      """)
  var resume = false

  @Option(
    name: .long, parsing: .unconditional,
    help: "Do part K of N of the rows, K/N from 1/N to N/N, each on a machine of its own; merge joins them.",
    transform: Shard.init(parsing:))
  var shard: Shard?

  @Option(
    name: .long, parsing: .unconditional,
    help: "Seconds between records of what is done, each of which --resume can go on from.")
  var checkpoint = 2.0

  func validate() throws {
    guard (0...86_400).contains(checkpoint) else {
      throw ValidationError("--checkpoint: expected 0 to 86400 seconds, found \(checkpoint)")
    }
  }

  func settings(_ run: RunOptions) -> JobSettings {
    var settings = batch.settings(run)
    settings.resume = resume
    settings.shard = shard
    settings.checkpointInterval = .seconds(checkpoint)
    settings.stop = Interrupt.stop
    return settings
  }
}

extension Shard {
  fileprivate init(parsing argument: String) throws {
    guard let shard = Shard(argument) else {
      throw ValidationError("expected K/N with 1 <= K <= N <= \(Shard.mostParts), such as 2/3")
    }
    self = shard
  }
}
