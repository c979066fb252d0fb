/// What jobs take beside their files; those over whole arrays and heads know no shards and resume nothing.
public struct JobSettings: Sendable {
  /// Threads of the kernels; 0 stands for the runtime's default.
  public var threads: Int
  /// Rows computed at once, which never changes a result, 1 or more; nil: as many as fit in 64 MB, through a head at most
  /// 4096.
  ///
  /// Three such batches are in memory: one that is read, one that is computed, one that is written.
  public var batchSize: Int?
  /// Whether an output that exists is replaced.
  public var overwrite: Bool
  /// Whether the job goes on from the rows that an earlier run of it recorded; a shard whose parts are there, whole and of
  /// the same job, is done without computing anything.
  public var resume: Bool
  /// The part of the rows to do; nil for all.
  public var shard: Shard?
  /// How often it is recorded what is done: at most so much is computed again after the process died.
  public var checkpointInterval: Duration
  /// Takes a line that is neither result nor error, such as a warning about an input; nil for nobody.
  public var notice: (@Sendable (String) -> Void)?
  /// What ends the job from another thread; nil for nothing.
  public var stop: JobStop?

  /// What a batch and its results may take when no batch size is given.
  static let batchBytes = 64 << 20

  /// Settings; by default the runtime's threads, batches that fit in 64 MB, all rows, nothing overwritten or resumed.
  public init(
    threads: Int = 0, batchSize: Int? = nil, overwrite: Bool = false, resume: Bool = false, shard: Shard? = nil,
    checkpointInterval: Duration = .seconds(2), notice: (@Sendable (String) -> Void)? = nil, stop: JobStop? = nil
  ) {
    self.threads = threads
    self.batchSize = batchSize
    self.overwrite = overwrite
    self.resume = resume
    self.shard = shard
    self.checkpointInterval = checkpointInterval
    self.notice = notice
    self.stop = stop
  }

  /// Refuses what no job can do.
  func check() throws(ScoringError) {
    if let batchSize, batchSize < 1 {
      throw ScoringError(.usage, "expected a batch of at least 1 row, found \(batchSize); choose another batch size")
    }
  }

  /// The rows of a batch whose rows, with their results, take `rowBytes` each.
  func rows(rowBytes: Int) -> Int {
    batchSize ?? max(1, Self.batchBytes / max(rowBytes, 1))
  }

  /// The same for rows that go through a head: no more than keep the kernels busy, so that progress is seen.
  func scoringRows(rowBytes: Int) -> Int {
    batchSize ?? min(4096, rows(rowBytes: rowBytes))
  }
}
