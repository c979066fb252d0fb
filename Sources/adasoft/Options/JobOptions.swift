public import ArgumentParser
public import BatchScoring

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

  @Option(name: .long, help: "Do part i of n of the rows, 1/n to n/n, each on a machine of its own; merge joins them.")
  var shard: Shard?

  @Option(name: .long, help: "Seconds between records of what is done, each of which --resume can go on from.")
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

extension Shard: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
