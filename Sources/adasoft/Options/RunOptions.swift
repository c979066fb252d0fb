internal import AdaptiveSoftmax
internal import ArgumentParser
internal import BatchScoring

/// What every subcommand takes.
struct RunOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: "Threads to compute with; 0: OMP_NUM_THREADS or every processor at hand.")
  var threads = 0

  @Flag(name: .long, help: "Print one JSON object on standard output.")
  var json = false

  @Flag(name: .long, help: "Print no progress and no results, only errors; --json still prints its object.")
  var quiet = false

  @Flag(name: .long, help: "Print the version, OpenMP runtime, kernel variant and threads on standard error.")
  var verbose = false

  func validate() throws {
    guard (0...1024).contains(threads) else {
      throw ValidationError("--threads: expected 0 to 1024, found \(threads)")
    }
  }

  /// What the kernels run on, in words.
  var kernels: String {
    "\(Runtime.variant ?? ""), \(threadCount) \(threadCount == 1 ? "thread" : "threads") of \(Runtime.openMP)"
  }

  /// The threads that kernels run on.
  var threadCount: Int { Runtime.teamSize(threads: threads) }

  /// Checks, before any file is touched, that the kernels can run, and says with what when asked to.
  func start() throws(ScoringError) {
    do {
      try Runtime.check()
    } catch {
      throw ScoringError(.usage, error.description)
    }
    if verbose { Console.printError("adasoft \(Adasoft.version): \(kernels)") }
  }

  /// Prints the result: the object with `--json`, the lines otherwise, nothing with `--quiet` alone.
  func report(json members: [(String, JSON)], lines: [String] = []) throws(ScoringError) {
    if json {
      try Console.print(JSON.object(members).description)
    } else if !quiet, !lines.isEmpty {
      try Console.print(lines.joined(separator: "\n"))
    }
  }

  /// Runs a job under a progress bar and times it.
  func timed<Result>(
    _ job: ((JobProgress) throws(ScoringError) -> Void) throws(ScoringError) -> Result
  ) throws(ScoringError) -> (result: Result, seconds: Double) {
    let clock = ContinuousClock()
    let start = clock.now
    var bar = ProgressBar(quiet || json ? .hidden : Console.errorTakesBars ? .bar : .lines)
    defer { bar.clear() }
    let result = try job { (progress) throws(ScoringError) in try bar.update(progress) }
    return (result, (clock.now - start).inSeconds)
  }

  /// The members that every job's object ends with.
  func measurements(rows: Int, seconds: Double) -> [(String, JSON)] {
    [
      ("seconds", .double(seconds)),
      ("rows_per_second", .double(seconds > 0 ? Double(rows) / seconds : .nan)),
    ] + kernelMembers
  }

  /// The members that say what the kernels run on.
  var kernelMembers: [(String, JSON)] {
    [
      ("threads", .int(threadCount)),
      ("variant", .string(Runtime.variant ?? "")),
      ("openmp", .string(Runtime.openMP)),
    ]
  }
}
