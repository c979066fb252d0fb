internal import ArgumentParser
internal import BatchScoring

/// What the subcommands take that compute batch by batch, over rows or an array, and write a file.
struct BatchOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help:
      "Rows held in memory at once; a memory bound that never changes a result. (default: what fits in 64 MB, at most 4096 through a head)"
  )
  var batchSize: Int?

  @Flag(name: .long, help: "Replace the output if it exists.")
  var overwrite = false

  func validate() throws {
    if let batchSize, batchSize < 1 {
      throw ValidationError("--batch-size: expected at least 1, found \(batchSize)")
    }
  }

  func settings(_ run: RunOptions) -> JobSettings {
    var settings = JobSettings(threads: run.threads, batchSize: batchSize, overwrite: overwrite)
    if !run.quiet { settings.notice = { line in Console.printError("adasoft: \(line)") } }
    return settings
  }
}
