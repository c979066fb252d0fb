/// How far a job is, handed to its caller at the start and after every batch.
public struct JobProgress: Equatable, Sendable {
  /// Rows that are computed, by this run of the job and those that it goes on from.
  public var rowsDone: Int
  /// Rows of the whole job.
  public var rowsTotal: Int
  /// The sum of the losses of the rows done, 0 for jobs without targets.
  public var lossSum: Double
  /// The rows done that count in the loss: all but the ignored ones.
  public var rowsScored: Int

  /// How far a job is; by default one without losses.
  public init(rowsDone: Int, rowsTotal: Int, lossSum: Double = 0, rowsScored: Int = 0) {
    self.rowsDone = rowsDone
    self.rowsTotal = rowsTotal
    self.lossSum = lossSum
    self.rowsScored = rowsScored
  }
}

/// Called at the start of a job and after each batch; a thrown error ends the job.
///
/// One of the kind `interrupted` leaves what `JobSettings.resume` goes on from, any other nothing.
public typealias ProgressCallback = (JobProgress) throws(ScoringError) -> Void

extension JobProgress {
  /// The progress of a job that tallies its losses as `loss`, over the rows it counts as `scored`.
  init(rowsDone: Int, rowsTotal: Int, tally: Tally) {
    self.init(rowsDone: rowsDone, rowsTotal: rowsTotal, lossSum: tally.sum("loss"), rowsScored: tally.count("scored"))
  }
}
