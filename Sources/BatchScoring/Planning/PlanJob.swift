public import AdaptiveSoftmax
internal import TensorFiles

/// Plans the cutoffs of a head for a file of class counts.
///
/// `init` reads and checks everything; `plan` plans with the costs of a machine, `check` runs the cutoffs for real, `write`
/// writes what was asked for.
public struct PlanJob: Sendable {
  /// What is planned.
  public struct Settings: Sendable {
    /// The features of a row.
    public var features: Int
    /// The numbers of tails to plan for.
    public var clusters: ClosedRange<Int>
    /// What each tail's width is divided by once more than the one before.
    public var divValue: Double
    /// The rows that are scored at once.
    public var batch: Int
    /// What the head is planned for.
    public var purpose: CutoffPlanner.Purpose
    /// What a plan must keep to.
    public var limits: PlanLimits
    /// Plans for so many of the most frequent classes; nil for all.
    public var classes: Int?
    /// What stands before the tabs of a text of counts; nil for what its first line says.
    public var firstColumn: ClassCounts.FirstColumn?
    /// The `CostModelFile` that the costs come from, which no output must replace, or with `calibrates` go to.
    public var costs: String?
    /// Whether the machine is measured anew, so that the file of `costs` is an output and not an input.
    public var calibrates: Bool
    /// The file to write a plot to.
    public var plot: String?
    /// The file to write the order of the classes to.
    public var permutation: String?
    /// Whether outputs that exist are replaced.
    public var overwrite: Bool

    /// What is asked for a head of so many features; by default 1 to 5 tails, for scoring 4096 rows at once, without
    /// limits, for all classes of the counts, and no file is written.
    public init(
      features: Int, clusters: ClosedRange<Int> = 1...5, divValue: Double = 4, batch: Int = 4096,
      purpose: CutoffPlanner.Purpose = .scoring, limits: PlanLimits = PlanLimits(), classes: Int? = nil,
      firstColumn: ClassCounts.FirstColumn? = nil, costs: String? = nil, calibrates: Bool = false, plot: String? = nil,
      permutation: String? = nil, overwrite: Bool = false
    ) {
      self.features = features
      self.clusters = clusters
      self.divValue = divValue
      self.batch = batch
      self.purpose = purpose
      self.limits = limits
      self.classes = classes
      self.firstColumn = firstColumn
      self.costs = costs
      self.calibrates = calibrates
      self.plot = plot
      self.permutation = permutation
      self.overwrite = overwrite
    }
  }

  /// A plan, and what it is compared with.
  public struct Result: Sendable, Equatable {
    /// The best cutoffs, for each number of tails.
    public let plan: CutoffPlan
    /// The quickest cutoffs that give up no more than the usual ones do: at least their share of occurrences in the
    /// shortlist, no tail narrower than their narrowest; nil when other limits leave none.
    public let alike: CutoffPlan.Choice?
    /// The cutoffs that are usual for so many classes, and what they cost.
    public let usual: CutoffPlan.Choice
    /// Where the usual cutoffs come from, in words.
    public let usualSource: String
    /// The expected seconds of a row through a plain linear layer over all classes.
    public let fullSecondsPerRow: Double
    /// The number of that layer's weights.
    public let fullParameters: Int

    /// The expected time of a full softmax over that of the plan.
    public var speedupOverFull: Double { fullSecondsPerRow / plan.best.secondsPerRow }
    /// The expected time of the usual cutoffs over that of the plan.
    public var speedupOverUsual: Double { usual.secondsPerRow / plan.best.secondsPerRow }
  }

  /// What was asked for.
  public let settings: Settings
  /// The counts that are planned for, sorted.
  public let counts: [Double]
  /// Whether the classes of the file stood in this order already.
  public let wasSorted: Bool
  /// A line about what is odd about the file of counts and does no harm; nil for nothing.
  public let notice: String?
  /// The numbers of tails that are left out because the narrowest would have no width.
  public let zeroWidthClusters: [Int]
  let path: String
  private let order: ClassPermutation?

  /// Reads the counts and checks them, the settings and the outputs.
  ///
  /// - Throws: `ScoringError` (`usage`: settings that no head keeps to, more classes than there are, outputs that are
  ///   `-`, an input or one another; `missingInput`; `data`: a file of no counts; `cannotCreate`, `outputExists`,
  ///   `outputBusy`; `inputOutput`).
  public init(counts path: String, settings: Settings) throws(ScoringError) {
    let costs = settings.costs
    let outputs = [settings.calibrates ? costs : nil, settings.plot, settings.permutation].compactMap { $0 }
    let inputs = [path, settings.calibrates ? nil : costs].compactMap { $0 }.filter { $0 != "-" }
    for output in outputs { try OutputCheck.check(output, overwrite: settings.overwrite, inputs: inputs) }
    try OutputCheck.checkDistinct(outputs)
    let counts = try ClassCounts(path: path, firstColumn: settings.firstColumn)
    self.path = path
    self.settings = settings
    self.counts = try counts.mostFrequent(settings.classes, path: path)
    wasSorted = counts.isSorted
    notice = counts.notice
    let classCount = self.counts.count
    zeroWidthClusters = try Self.asked { () throws(SoftmaxError) in
      try CutoffPlanner.possible(
        settings.clusters, nClasses: classCount, inFeatures: settings.features, divValue: settings.divValue,
        limits: settings.limits
      ).zeroWidth
    }
    order =
      settings.permutation == nil
      ? nil
      : try about(path) { () throws(SoftmaxError) in try ClassPermutation(sortingByFrequency: counts.counts) }
  }

  /// Plans.
  ///
  /// - Throws: `ScoringError` (`usage`: a bound on the parameters that cannot be kept).
  public func plan(costs: LinearCostModel) throws(ScoringError) -> Result {
    try Self.asked { () throws(SoftmaxError) in
      let planner = try planner(costs)
      let usual = try UsualCutoffs(classes: counts.count)
      let usualChoice = try planner.choice(cutoffs: usual.cutoffs)
      return Result(
        plan: try planner.plan(clusters: settings.clusters, limits: settings.limits),
        alike: alike(usualChoice, planner), usual: usualChoice, usualSource: usual.source,
        fullSecondsPerRow: planner.fullSoftmaxSecondsPerRow, fullParameters: counts.count * settings.features)
    }
  }

  /// Writes the plot, the permutation and, where the machine was measured for a file of costs, these.
  ///
  /// - Throws: `ScoringError` (`outputExists`, `cannotCreate`, `inputOutput`), and nothing is replaced then unless a name
  ///   was taken at the last moment.
  public func write(_ result: Result, costs: CostModelFile? = nil) throws(ScoringError) {
    var files: [(path: String, bytes: [UInt8])] = []
    if let costs, let output = settings.costs, settings.calibrates { files.append((output, Array(costs.text.utf8))) }
    if let plot = settings.plot { files.append((plot, Array(PlanPlot(result).svg.utf8))) }
    if let order, let output = settings.permutation {
      files.append((output, try fromFile { () throws(FileError) in try PermutationFile.bytes(order, path: output) }))
    }
    try fromFile { () throws(FileError) in try Self.write(files[...], overwrite: settings.overwrite) }
  }

  /// Writes files, each of which is whole and on the disk before any gets its name.
  private static func write(
    _ files: ArraySlice<(path: String, bytes: [UInt8])>, overwrite: Bool
  ) throws(FileError) {
    guard let (path, bytes) = files.first else { return }
    var file = try AtomicFile(path: path, overwrite: overwrite)
    try file.append(bytes)
    try file.synchronize()
    try write(files.dropFirst(), overwrite: overwrite)
    try file.commit()
  }

  /// Plans and writes.
  ///
  /// - Throws: `ScoringError`, as `plan` and `write`.
  public func run(costs: LinearCostModel) throws(ScoringError) -> Result {
    let result = try plan(costs: costs)
    try write(result)
    return result
  }

  /// Runs `body`, whose refusals are of what was asked for and not of the counts, and speaks of options as the tool does.
  private static func asked<Value>(_ body: () throws(SoftmaxError) -> Value) throws(ScoringError) -> Value {
    do {
      return try body()
    } catch {
      let options = [("a bound of", "--max-parameters of"), ("divValue", "--div"), ("inFeatures", "--features")]
      let text = options.reduce(error.description) { $0.replacing($1.0, with: $1.1) }
      throw ScoringError(error.code == .argument ? .usage : .data, text)
    }
  }

  private func alike(_ usual: CutoffPlan.Choice, _ planner: CutoffPlanner) -> CutoffPlan.Choice? {
    var limits = settings.limits
    limits.minShortlistShare = max(limits.minShortlistShare, usual.shortlistShare)
    limits.minTailFeatures = max(limits.minTailFeatures, usual.tailFeatures.min() ?? 1)
    return try? planner.plan(clusters: settings.clusters, limits: limits).best
  }

  func planner(_ costs: LinearCostModel) throws(SoftmaxError) -> CutoffPlanner {
    try CutoffPlanner(
      counts: counts, inFeatures: settings.features, divValue: settings.divValue, batch: settings.batch,
      purpose: settings.purpose, costs: costs)
  }
}
