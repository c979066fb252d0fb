import Dispatch
import KernelProof
import Testing

/// The bounds of the documentation hold on a sample; `make accuracy` tries every float.
@Suite struct AccuracyTests {
  @Test func boundsHold() throws {
    let accuracy = try #require(proof_accuracy_create())
    defer { proof_accuracy_destroy(accuracy) }
    nonisolated(unsafe) let shared = accuracy
    DispatchQueue.concurrentPerform(iterations: proof_accuracy_jobs()) { proof_accuracy_run(shared, $0, 1009) }
    var line = [CChar](repeating: 0, count: 400)
    var within = false
    var row = 0
    while proof_accuracy_line(accuracy, row, &line, line.count, &within) {
      #expect(within, "\(String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))")
      row += 1
    }
    #expect(row > 0)
  }
}
