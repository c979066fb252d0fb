/// Ends a job from another thread, for a process that is about to end: records what is written and lets nothing more be.
///
/// The job's thread is left where it is, in the middle of its kernels; a job that is to end in good order has its progress
/// callback throw.
public final class JobStop: Sendable {
  private final class State: @unchecked Sendable {
    let lock = Lock()
    var writer: JobWriter?
  }

  private let state = State()

  /// Nothing is stopped yet.
  public init() {}

  /// Stops the job that runs with this value.
  ///
  /// - Returns: the rows that are kept and those of the whole job; nil when no job runs that keeps any.
  public func stop() -> (kept: Int, total: Int)? {
    state.lock.locked { state.writer }?.stop()
  }

  func watch(_ writer: JobWriter?) { state.lock.locked { state.writer = writer } }
}
