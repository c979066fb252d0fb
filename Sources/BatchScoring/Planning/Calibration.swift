public import AdaptiveSoftmax

/// Measures what the kernels take on this machine, in a few seconds.
///
/// Passes of the real tile driver on a grid of rows, classes and depths; the whole grid several times over, so that what
/// else the machine does for a moment touches a point once and its median not at all.
public enum Calibration {
  /// What is measured.
  struct Grid {
    var rows, classes, depths: [Int]
    /// How often, and the seconds after which no further round but the third begins.
    var rounds: Int
    var enough = 8.0

    static let standard = Grid(
      rows: [1, 2, 4, 8, 16, 32, 64, 128, 192, 384, 768], classes: [32, 256, 1024, 2048, 8192],
      depths: [4, 16, 32, 64, 128, 256, 512, 1024, 2048], rounds: 5)
  }

  /// A pass shorter than this is measured several times a round.
  private static let short = 0.0002

  /// Measures and fits.
  ///
  /// - Parameters:
  ///   - threads: 0 for the runtime's default; the model holds for this number.
  ///   - progress: called now and then; what it throws ends the calibration.
  /// - Throws: `ScoringError` (`usage`: threads or `SMX_VARIANT`; `inputOutput`: no memory; what `progress` throws).
  public static func run(threads: Int, progress: () throws(ScoringError) -> Void = {}) throws(ScoringError)
    -> LinearCostModel
  {
    try run(.standard, threads: threads, progress: progress)
  }

  static func run(_ grid: Grid, threads: Int, progress: () throws(ScoringError) -> Void) throws(ScoringError)
    -> LinearCostModel
  {
    let probe = try probe(grid)
    let clock = ContinuousClock()
    let start = clock.now
    var samples: [LinearCostModel.Sample] = []
    for round in 0..<grid.rounds where round < 3 || (clock.now - start) / .seconds(1) < grid.enough {
      for depth in grid.depths {
        for classes in grid.classes {
          for rows in grid.rows {
            try progress()
            var spent = 0.0
            while spent < short {
              let seconds = try measure(probe, rows: rows, classes: classes, depth: depth, threads: threads)
              samples.append(LinearCostModel.Sample(rows: rows, classes: classes, depth: depth, seconds: seconds))
              spent += seconds
            }
          }
        }
      }
    }
    return try about("calibration") { [samples] () throws(SoftmaxError) in
      let layers = try LinearCostModel(fitting: samples)
      let calls = try callSamples(rows: 1, layers, threads: threads) + callSamples(rows: 4096, layers, threads: threads)
      return try LinearCostModel(fitting: samples + calls)
    }
  }

  /// What calls take beside their layers: those of a head whose layers are next to nothing, less these.
  private static func callSamples(rows: Int, _ layers: LinearCostModel, threads: Int) throws(SoftmaxError)
    -> [LinearCostModel.Sample]
  {
    let (classes, cutoff) = (64, 32)
    let planner = try CutoffPlanner(
      counts: Array(repeating: 1, count: classes), inFeatures: 4, divValue: 1, batch: rows, costs: layers)
    let expected = try planner.choice(cutoffs: [cutoff]).secondsPerRow * Double(rows)
    var generator = SeededGenerator(seed: 1)
    let head = try AdaptiveLogSoftmaxWithLoss<Float>(
      inFeatures: 4, nClasses: classes, cutoffs: [cutoff], divValue: 1, using: &generator)
    let hidden = try Tensor<Float>.randn([rows, 4], using: &generator)
    var output = Tensor<Float>([])
    let clock = ContinuousClock()
    var samples: [LinearCostModel.Sample] = []
    for _ in 0..<101 {
      let target = try Tensor<Int64>.randint(0..<classes, [rows], using: &generator)
      let start = clock.now
      _ = try head(hidden, target, into: &output, threads: threads)
      let seconds = (clock.now - start) / .seconds(1) - expected
      samples.append(LinearCostModel.Sample(rows: rows, classes: 0, depth: 0, seconds: max(seconds, 1e-9)))
    }
    return samples
  }

  /// A probe large enough for every pass of the grid, with several times the memory that one needs, so that nothing is in
  /// a cache when its turn comes again.
  static func probe(_ grid: Grid = .standard) throws(ScoringError) -> LinearProbe {
    let (rows, classes, depth) = (grid.rows.max() ?? 1, grid.classes.max() ?? 1, grid.depths.max() ?? 1)
    return try about("calibration") { () throws(SoftmaxError) in
      try LinearProbe(rows: rows, hiddenScalars: 8 * rows * depth, weightScalars: 2 * classes * depth)
    }
  }

  static func measure(_ probe: LinearProbe, rows: Int, classes: Int, depth: Int, threads: Int) throws(ScoringError)
    -> Double
  {
    try about("calibration") { () throws(SoftmaxError) in
      // A pass too quick for the clock still took some time.
      max(try probe.seconds(rows: rows, classes: classes, depth: depth, threads: threads), 1e-9)
    }
  }
}
