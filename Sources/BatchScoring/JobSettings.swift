/// What every job takes beside its files.
public struct JobSettings: Sendable {
  /// Threads of the kernels; 0 stands for the runtime's default.
  public var threads: Int
  /// Rows held in memory at once, which never changes a result; nil: as many as fit in 64 MB.
  public var batchSize: Int?
  /// Whether an output that exists is replaced.
  public var overwrite: Bool

  /// What a batch and its results may take when no batch size is given.
  static let batchBytes = 64 << 20

  public init(threads: Int = 0, batchSize: Int? = nil, overwrite: Bool = false) {
    self.threads = threads
    self.batchSize = batchSize
    self.overwrite = overwrite
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
