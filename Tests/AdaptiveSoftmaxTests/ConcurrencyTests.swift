import AdaptiveSoftmax
import TestSupport
import Testing

/// Calls from several tasks at once: each gets the bits it would get alone.
@Suite struct ConcurrencyTests {
  @Test(arguments: [2, 7])
  func tasksAtOnceGetTheirOwnBits(threads: Int) async throws {
    let shape = AdaptiveShape(inFeatures: 64, nClasses: 1200, cutoffs: [100, 300, 700], divValue: 4, scale: 0.1)
    let head = try shape.head()
    let inputs = (0..<6).map { (x: shape.input(150, seed: 100 + UInt64($0)), y: shape.target(150, seed: UInt64($0))) }
    let logits: [Tensor<Float>] = (0..<6).map { Inputs.tensor(.normal, [300, 500], seed: 50 + UInt64($0)) }
    let alone = try inputs.indices.map { i in
      (
        output: try head(inputs[i].x, inputs[i].y, threads: 1).output.scalars,
        best: try head.predict(inputs[i].x, threads: 1).scalars,
        softmax: try softmax(logits[i], dim: 1, threads: 1).scalars
      )
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for round in 0..<4 {
        for i in inputs.indices {
          group.addTask {
            let output = try head(inputs[i].x, inputs[i].y, threads: threads).output
            #expect(bitDifference(output.scalars, alone[i].output) == nil, "round \(round), task \(i)")
            #expect(try head.predict(inputs[i].x, threads: threads).scalars == alone[i].best)
            let y = try softmax(logits[i], dim: 1, threads: threads)
            #expect(bitDifference(y.scalars, alone[i].softmax) == nil, "round \(round), task \(i)")
          }
        }
      }
      try await group.waitForAll()
    }
  }
}
