internal import AdaptiveSoftmax
public import TensorFiles

/// Writes the most probable class of every row, the lowest of equals: int64, [rows].
public struct PredictJob {
  /// A row to show.
  public struct Sample: Sendable, Equatable {
    public let row: Int
    public let target: Int?
    public let predicted: Int
  }

  /// The outcome of a job.
  public struct Result: Sendable, Equatable {
    public let rows: Int
    /// Rows whose prediction is their target; nil without targets.
    public let rowsCorrect: Int?
    /// The first rows.
    public let samples: [Sample]
  }

  /// The words of the classes, when they were given.
  public let vocabulary: Vocabulary?

  private let head: AdaptiveLogSoftmaxWithLoss<Float>
  private let headPath: String
  private let hidden: HiddenRows
  private let targets: TargetRows?
  private let output: String
  private let sampleCount: Int
  private let settings: JobSettings

  /// Opens and checks the files, scans the targets, and packs the head.
  ///
  /// - Parameters:
  ///   - target: targets to compare with; nil for none.
  ///   - vocabulary: the words of the classes, one a line; nil for none.
  ///   - samples: how many of the first rows the result shows.
  /// - Throws: `ScoringError`.
  public init(
    head headPath: String, io: IOMode = .auto, hidden hiddenPath: String, target targetPath: String? = nil,
    vocabulary vocabularyPath: String? = nil, output: String, samples: Int = 0, settings: JobSettings = JobSettings()
  ) throws(ScoringError) {
    let inputs = [headPath, hiddenPath] + [targetPath, vocabularyPath].compactMap { $0 }
    try OutputCheck.check(output, overwrite: settings.overwrite, inputs: inputs)
    let file = try HeadFile(path: headPath, io: io)
    let hidden = try HiddenRows(path: hiddenPath)
    try hidden.check(features: file.layout.inFeatures, of: headPath)
    targets = try targetPath.map { (path) throws(ScoringError) in
      let targets = try TargetRows(path: path, matching: hidden)
      try targets.check(classes: file.layout.nClasses, ignoreIndex: nil)
      return targets
    }
    vocabulary = try vocabularyPath.map { (path) throws(ScoringError) in
      try Vocabulary(path: path, classes: file.layout.nClasses)
    }
    head = try file.load(threads: settings.threads)
    self.headPath = headPath
    self.hidden = hidden
    self.output = output
    sampleCount = samples
    self.settings = settings
  }

  /// Predicts all rows; the output appears when the last one is written.
  ///
  /// - Throws: `ScoringError` (`data` at the first row that is not finite; `inputOutput`; what `progress` throws).
  public func run(progress: ProgressCallback = { _ in }) throws(ScoringError) -> Result {
    let writer = try OutputArray(
      path: output, shape: [hidden.count], type: .int64, overwrite: settings.overwrite)
    var target = Tensor<Int64>([])
    var samples: [Sample] = []
    var correct = 0
    let size = settings.scoringRows(rowBytes: 4 * hidden.features)
    _ = try BatchPipeline(source: hidden, rows: 0..<hidden.count, size: size).run(progress: progress) {
      (rows, batch, _) throws(ScoringError) in
      let classes = try about(headPath) { () throws(SoftmaxError) in
        try head.predict(batch, threads: settings.threads)
      }
      try targets?.read(rows, into: &target)
      classes.withUnsafeBufferPointer { classes in
        target.withUnsafeBufferPointer { target in
          for i in classes.indices {
            let expected = targets == nil ? nil : Int(target[i])
            let predicted = Int(classes[i])
            if expected == predicted { correct += 1 }
            if samples.count < sampleCount {
              samples.append(Sample(row: rows.lowerBound + i, target: expected, predicted: predicted))
            }
          }
        }
      }
      try writer.append(classes)
    }
    try writer.commit()
    return Result(rows: hidden.count, rowsCorrect: targets == nil ? nil : correct, samples: samples)
  }
}
