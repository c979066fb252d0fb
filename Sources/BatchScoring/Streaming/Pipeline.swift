/// Reads ahead and writes behind while the calling thread computes.
///
/// A few batches go round: the reader fills one, the calling thread computes its results, the writer writes them and hands
/// it back. Memory is those batches; a stage that is slower than the others makes them wait. Errors come in the order of
/// the units, as if each had been read, computed and written before the next.
struct Pipeline<Unit: Sendable, Batch: AnyObject> {
  /// Batches that go round: one that is read, one that is computed, one that is written.
  static var depth: Int { 3 }

  /// The work, in order.
  let units: @Sendable () -> AnyIterator<Unit>
  let makeBatch: () -> Batch
  /// Fills a batch, on a thread of its own.
  let read: @Sendable (Unit, Batch) throws(ScoringError) -> Void
  /// Writes a batch's results, on a thread of its own.
  let write: @Sendable (Unit, Batch) throws(ScoringError) -> Void

  /// Runs all units through the three stages; returns when the last is written.
  ///
  /// - Throws: the error of the first unit that has one.
  func run(_ compute: (Unit, Batch) throws(ScoringError) -> Void) throws(ScoringError) {
    let free = Channel((0..<Self.depth).map { _ in Handed(makeBatch()) })
    let read = Channel<Result<(Unit, Handed<Batch>), ScoringError>>()
    let computed = Channel<(Unit, Handed<Batch>)>()
    let failure = Failure()
    let reader = Worker { [units, fill = self.read] in
      defer { read.close() }
      for unit in units() {
        guard let batch = free.receive() else { return }
        do throws(ScoringError) {
          try fill(unit, batch.value)
        } catch {
          read.send(.failure(error))
          return
        }
        read.send(.success((unit, batch)))
      }
    }
    let writer = Worker { [write] in
      while let (unit, batch) = computed.receive() {
        if failure.error == nil {
          do throws(ScoringError) {
            try write(unit, batch.value)
          } catch {
            failure.error = error
          }
        }
        free.send(batch)
      }
    }
    var wrong: ScoringError?
    if reader == nil || writer == nil {
      wrong = ScoringError(
        .inputOutput, "expected a thread to read and one to write with, found that the system has none")
      read.close()
    }
    while wrong == nil, failure.error == nil, let next = read.receive() {
      do throws(ScoringError) {
        let (unit, batch) = try next.get()
        try compute(unit, batch.value)
        computed.send((unit, batch))
      } catch {
        wrong = error
      }
    }
    free.close()
    computed.close()
    reader?.join()
    writer?.join()
    if let error = failure.error ?? wrong { throw error }
  }
}

/// A batch on its way from thread to thread: one has it at a time.
private struct Handed<Batch: AnyObject>: @unchecked Sendable {
  let value: Batch
  init(_ value: Batch) { self.value = value }
}

/// The writer's error, set once and seen by the thread that computes.
private final class Failure: @unchecked Sendable {
  private let lock = Lock()
  private var stored: ScoringError?

  var error: ScoringError? {
    get { lock.locked { stored } }
    set { lock.locked { stored = newValue } }
  }
}
