/// How many rows a job did.
public struct RowCounts: Sendable, Equatable {
  /// All rows, those of earlier runs included.
  public let rows: Int
  /// Rows that an earlier run of the job had done.
  public let rowsResumed: Int
  /// Rows that this run did.
  public var rowsComputed: Int { rows - rowsResumed }
  /// The files of hidden states and their rows, in order.
  public let files: [File]

  /// One file of hidden states.
  public struct File: Sendable, Equatable {
    /// The file of hidden states.
    public let hidden: String
    /// Its rows.
    public let rows: Int
  }

  init(_ job: RowJob, _ outcome: JobOutcome) {
    rows = job.rowCount
    rowsResumed = outcome.rowsResumed
    files = job.sources.map { File(hidden: $0.item.hidden, rows: $0.rows.count) }
  }
}
