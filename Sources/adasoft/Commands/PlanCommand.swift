internal import AdaptiveSoftmax
public import ArgumentParser
public import BatchScoring

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "The cutoffs that make a head quickest on this machine, for given class frequencies.",
    discussion: """
      The kernels are measured on this machine once, in a few seconds, and the measurements kept; then the cutoffs of \
      least expected time per row are found by dynamic programming over the classes sorted by frequency. Time is all that \
      is weighed: more classes in narrow tails are quicker and may fit the data less well.
      """)

  @Option(
    name: .long,
    help: "A line for each class, id<TAB>count, word<TAB>count or count alone (-: standard input), or a .npy array.")
  var counts: String

  @Option(
    name: .long,
    help: """
      What stands before the tab of each line of --counts, ids or words, which may be numbers too. (default: what line 1 \
      says, and all lines must be like it)
      """)
  var firstColumn: ClassCounts.FirstColumn?

  @Option(name: .long, parsing: .unconditional, help: "The number of features of a hidden state.")
  var features: Int

  @Option(
    name: .long, parsing: .unconditional,
    help: "How many tails to weigh: a range, or one number, at most 16. (default: 1...5)",
    transform: ClusterRange.init(parsing:))
  var clusters: ClusterRange?

  @Option(
    name: .long, parsing: .unconditional, help: "Tail i projects to features / div^(i + 1) features, rounded down.")
  var div = 4.0

  @Option(name: .long, parsing: .unconditional, help: "Rows that go through the head at once.")
  var batch = 4096

  @Option(name: .customLong("for"), help: "What the head is to be quick at.")
  var purpose = CutoffPlanner.Purpose.scoring

  @Option(name: .long, parsing: .unconditional, help: "The most weights that the head may have.")
  var maxParameters: Int?

  @Option(
    name: .long, parsing: .unconditional,
    help: "The least share of all occurrences whose class is in the shortlist: 0 for any, below 1.")
  var minShare = 0.0

  @Option(name: .long, parsing: .unconditional, help: "The least features that a tail projects to.")
  var minWidth = 1

  @Option(name: .long, parsing: .unconditional, help: "Plan for so many of the most frequent classes. (default: all)")
  var classes: Int?

  @Option(name: .long, help: "The SVG file to plot the expected times to, by tails and by first cutoff.")
  var plot: String?

  @Flag(name: .long, help: "With --json: also the expected time by first cutoff, as it is plotted.")
  var curve = false

  @Option(
    name: .long, help: "The .npy file to write the classes' order to, for --permutation of other subcommands.")
  var permutationOutput: String?

  @Flag(name: .long, help: "Run the planned and the usual cutoffs for real and print measured beside predicted times.")
  var check = false

  @Option(name: .long, help: "The file of measurements to plan with. (default: those kept for this machine)")
  var costs: String?

  @Flag(name: .long, help: "Measure the kernels again; with --costs, into that file.")
  var calibrate = false

  @Flag(name: .long, help: "Replace outputs that exist.")
  var overwrite = false

  @OptionGroup var options: RunOptions

  func validate() throws {
    for (name, value) in [
      ("features", features), ("batch", batch), ("max-parameters", maxParameters ?? 1),
      ("min-width", minWidth),
    ]
    where value < 1 {
      throw ValidationError("--\(name): expected at least 1, found \(value)")
    }
    let most = CutoffPlanner.mostFeatures
    if features > most { throw ValidationError("--features: expected at most \(most), found \(features)") }
    if batch > 1 << 20 { throw ValidationError("--batch: expected at most \(1 << 20), found \(batch)") }
    guard div >= 1, div.isFinite else { throw ValidationError("--div: expected a number from 1, found \(div)") }
    guard minShare >= 0, minShare < 1 else {
      throw ValidationError("--min-share: expected a number from 0 to below 1, found \(minShare)")
    }
    if let classes {
      guard classes >= 2 else { throw ValidationError("--classes: expected at least 2, found \(classes)") }
      guard permutationOutput == nil else {
        throw ValidationError(
          "--classes: expected no --permutation-output with it, found both; a permutation is of all classes of the file"
        )
      }
    }
    if check, purpose == .training {
      throw ValidationError("--check: expected --for scoring, found training; there is no training here to be run")
    }
  }

  func run() throws {
    try options.start()
    let limits = PlanLimits(maxParameters: maxParameters, minShortlistShare: minShare, minTailFeatures: minWidth)
    let job = try PlanJob(
      counts: counts,
      settings: PlanJob.Settings(
        features: features, clusters: clusters?.range ?? 1...5, divValue: div, batch: batch,
        purpose: purpose, limits: limits, classes: classes,
        firstColumn: firstColumn, costs: costs, calibrates: calibrate, plot: plot, permutation: permutationOutput,
        overwrite: overwrite))
    if let plot { try OutputName.check(plot, endsIn: "svg") }
    if let permutationOutput { try OutputName.check(permutationOutput, endsIn: "npy") }
    if let notice = job.notice { note(notice) }
    let cache = CostModelCache(threads: options.threads)
    let model = try costModel(cache)
    let result = try job.plan(costs: model)
    var checked: PlanCheck?
    if check {
      note("running the planned and the usual cutoffs (some seconds, at most about 30)")
      checked = try job.check(result, costs: model, threads: options.threads) { () throws(ScoringError) in
        try Interrupt.check()
      }
    }
    try job.write(result, costs: CostModelFile(machine: cache.machine, model: model))
    let report = PlanReport(job: job, result: result, check: checked, hasCurve: curve)
    try options.report(json: report.members + options.kernelMembers, lines: report.lines)
  }

  /// The measurements given, kept, or made now.
  private func costModel(_ cache: CostModelCache) throws(ScoringError) -> LinearCostModel {
    if let costs, !calibrate { return try CostModelFile(path: costs).model }
    if costs == nil, !calibrate, let model = cache.load() { return model }
    note("measuring the kernels (about 10 seconds)")
    let model = try Calibration.run(threads: options.threads) { () throws(ScoringError) in try Interrupt.check() }
    if costs == nil, !cache.store(model) {
      note("the measurements could not be kept: set XDG_CACHE_HOME to a folder, or give --costs and --calibrate")
    }
    return model
  }

  /// A line on standard error for what takes a while.
  private func note(_ text: String) {
    if !options.quiet { Console.printError("adasoft plan: \(text)") }
  }
}

extension ClassCounts.FirstColumn: ExpressibleByArgument {}
extension CutoffPlanner.Purpose: ExpressibleByArgument {}
