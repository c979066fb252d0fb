import Synchronization
import Testing

@testable import BatchScoring

struct PipelineTests {
  private final class Batch {
    var read = -1
    var computed = -1
  }

  private final class Log: Sendable {
    let written = Mutex<[Int]>([])
    let read = Mutex(0)
    let computed = Mutex(0)
    let farthest = Mutex(0)
  }

  /// Runs units 0..<count; the stages named throw at the unit given.
  private func run(_ count: Int, readFails: Int = -1, computeFails: Int = -1, writeFails: Int = -1) throws -> Log {
    let log = Log()
    let pipeline = Pipeline<Int, Batch>(
      units: { AnyIterator((0..<count).makeIterator()) },
      makeBatch: { Batch() },
      read: { (unit, batch) throws(ScoringError) in
        if unit == readFails { throw ScoringError(.data, "read \(unit)") }
        batch.read = unit
        log.read.withLock { $0 += 1 }
      },
      write: { (unit, batch) throws(ScoringError) in
        if unit == writeFails { throw ScoringError(.inputOutput, "write \(unit)") }
        let ahead = log.read.withLock { $0 } - unit
        log.farthest.withLock { $0 = max($0, ahead) }
        log.written.withLock { $0.append(batch.computed) }
      })
    do {
      try pipeline.run { (unit, batch) throws(ScoringError) in
        if unit == computeFails { throw ScoringError(.data, "compute \(unit)") }
        batch.computed = batch.read * 10
        log.computed.withLock { $0 += 1 }
      }
    } catch {
      throw Ended(error: error, written: log.written.withLock { $0 })
    }
    return log
  }

  private struct Ended: Error {
    let error: ScoringError
    let written: [Int]
  }

  @Test(arguments: [0, 1, 2, 3, 4, 1000])
  func everyUnitIsWrittenInOrder(count: Int) throws {
    #expect(try run(count).written.withLock { $0 } == (0..<count).map { $0 * 10 })
  }

  @Test func noMoreBatchesAreUnderWayThanThereAre() throws {
    #expect(try run(1000).farthest.withLock { $0 } <= 3)
  }

  @Test(arguments: [0, 1, 5, 99])
  func whatCameBeforeAnErrorIsWritten(unit: Int) {
    for (name, run) in [
      ("read", { try run(100, readFails: unit) }), ("compute", { try run(100, computeFails: unit) }),
      ("write", { try run(100, writeFails: unit) }),
    ] {
      let ended = #expect(throws: Ended.self) { _ = try run() }
      #expect(ended?.error.description == "\(name) \(unit)")
      #expect(ended?.written == (0..<unit).map { $0 * 10 })
    }
  }

  @Test func theFirstUnitsErrorIsTold() {
    for (read, compute, write, expected) in [
      (6, 5, 4, "write 4"), (4, 5, 6, "read 4"), (7, 4, 5, "compute 4"), (5, 9, 4, "write 4"),
    ] {
      let ended = #expect(throws: Ended.self) {
        _ = try run(50, readFails: read, computeFails: compute, writeFails: write)
      }
      #expect(ended?.error.description == expected)
    }
  }
}
