import TestSupport
import Testing

/// The oracle against numbers that PyTorch printed, so that a mistake in it cannot hide one in the library.
struct TestSupportTests {
  let logits = Exact(shape: [2, 3], [1, 2, 3, 1, 0, 0])

  private func isClose(_ got: Wide, _ expected: Double, within tolerance: Double = 1e-14) -> Bool {
    abs(Double(got) - expected) <= tolerance * max(1, abs(expected))
  }

  @Test func softmaxFamily() {
    let p = Oracle.softmax(Exact(shape: [3], [1, 2, 3]), dim: 0).values
    for (got, expected) in zip(p, [0.09003057317038045, 0.2447284710547976, 0.6652409557748218]) {
      #expect(isClose(got, expected))
    }
    #expect(Oracle.softmin(Exact(shape: [3], [1, 2, 3]), dim: -1).values == p.reversed())
    #expect(
      isClose(Oracle.logSoftmax(Exact(shape: [2], [20, 0]), dim: 0).values[0], -2.061153620314381e-9, within: 1e-23))
    #expect(Oracle.softmax(Exact(shape: [3], [0, .infinity, 1]), dim: 0).values.allSatisfy { $0.isNaN })
    #expect(Oracle.softmax(Exact(shape: [2], [-.infinity, -.infinity]), dim: 0).values.allSatisfy { $0.isNaN })
    let columns = Oracle.softmax(Exact(shape: [2, 2], [0, .nan, 1, 2]), dim: 0).values
    #expect(isClose(columns[0], 0.26894142136999512) && columns[1].isNaN && columns[3].isNaN)
    #expect(Oracle.softmax(Exact(shape: [], [3]), dim: -1).values == [1])
  }

  @Test func logSumExp() {
    let zeros = Oracle.logSumExp(
      Exact(shape: [2, 3, 4], .init(repeating: 0, count: 24)), dims: [0, -1], keepingDims: true)
    #expect(zeros.shape == [1, 3, 1])
    #expect(zeros.values.allSatisfy { isClose($0, 2.0794415416798357) })
    #expect(Oracle.logSumExp(Exact(shape: [2, 0], []), dims: [1]).values == [-.infinity, -.infinity])
    #expect(Oracle.logSumExp(Exact(shape: [2], [1, .infinity]), dims: [0]).values == [.infinity])
    #expect(Oracle.logSumExp(Exact(shape: [2], [.nan, .infinity]), dims: [0]).values[0].isNaN)
  }

  @Test func classTargets() {
    let w: [Wide] = [0.5, 1, 2]
    let plain = Oracle.crossEntropy(logits, .classes([2, 0]))
    #expect(isClose(plain.mean, 0.4795253391882157) && isClose(plain.sum, 0.95905068, within: 1e-8))
    #expect(isClose(Oracle.crossEntropy(logits, .classes([-100, 0])).mean, 0.55144471, within: 1e-8))
    #expect(Oracle.crossEntropy(logits, .classes([-100, -100])).mean.isNaN)
    #expect(isClose(Oracle.crossEntropy(logits, .classes([2, 0]), labelSmoothing: 0.1).mean, 0.5628586725215491))
    let weighted = Oracle.crossEntropy(logits, .classes([2, 0]), weight: w, labelSmoothing: 0.1)
    #expect(isClose(weighted.mean, 0.5041587078986232))
    #expect(isClose(weighted.elements.values[0], 0.8479114318517291))
    let nll = Oracle.nll(Oracle.logSoftmax(logits, dim: 1), [2, 0], weight: w)
    #expect(isClose(nll.mean, 0.43637371, within: 1e-8))
  }

  @Test func probabilityTargets() {
    let p = Oracle.Target.probabilities(Exact(shape: [2, 3], [0.2, 0.3, 0.5, 1, 0, 0]))
    let w: [Wide] = [0.5, 1, 2]
    #expect(isClose(Oracle.crossEntropy(logits, p).mean, 0.8295253391882158))
    #expect(isClose(Oracle.crossEntropy(logits, p, weight: w).mean, 0.673185353594079))
    #expect(isClose(Oracle.crossEntropy(logits, p, weight: w, labelSmoothing: 0.1).mean, 0.7451447744732964))
    let closed = Exact(shape: [1, 3], [0, -.infinity, 0])
    let half = Oracle.Target.probabilities(Exact(shape: [1, 3], [0.5, 0, 0.5]))
    #expect(isClose(Oracle.crossEntropy(closed, half).mean, 0.6931471805599453))
  }

  @Test func classDimensionIsTheSecond() {
    let x = Exact(shape: [2, 3, 4], Inputs.values(.normal, count: 24).map { Wide($0) })
    let loss = Oracle.crossEntropy(x, .classes(Inputs.classes(3, count: 8)))
    #expect(loss.elements.shape == [2, 4])
    let logP = Oracle.logSoftmax(x, dim: 1)
    let target = Inputs.classes(3, count: 8)[6]
    #expect(loss.elements.values[6] == -logP.values[12 + target * 4 + 2])
  }

  /// All-zero weights: every head column has 1/4, and each tail of two words shares its own.
  @Test func adaptive() {
    func zeros(_ rows: Int, _ columns: Int) -> Exact {
      Exact(shape: [rows, columns], .init(repeating: 0, count: rows * columns))
    }
    let state = [
      "head.weight": zeros(4, 4), "tail.0.0.weight": zeros(4, 4), "tail.0.1.weight": zeros(2, 4),
      "tail.1.0.weight": zeros(4, 4), "tail.1.1.weight": zeros(2, 4),
    ]
    let logP = Oracle.adaptiveLogProb(zeros(3, 4), state: state)
    #expect(logP.shape == [3, 6])
    for (c, expected) in [0.25, 0.25, 0.125, 0.125, 0.125, 0.125].enumerated() {
      #expect(isClose(logP.values[6 + c], -[0.25: 1.3862943611198906, 0.125: 2.0794415416798357][expected]!))
    }
    #expect(Oracle.argmax(logP) == [0, 0, 0])
  }

  @Test func unitsInTheLastPlace() {
    #expect(ulpError(Float(1), Double(1)) == 0)
    #expect(ulpError(Float(1).nextUp, Double(1)) == 1)
    #expect(ulpError(Float(1), 1 + 0x1p-24) == 0.5)
    #expect(ulpError(Float(0), 0x1p-149) == 1)
    #expect(ulpError(Float(0x1p-149), 0.0) == 1)
    #expect(ulpError(Float.nan, Double.nan) == 0)
    #expect(ulpError(Float.nan, 1.0) == .infinity)
    #expect(ulpError(Float.infinity, 1e300) == 0)
    #expect(ulpError(Float.infinity, 1e38) == .infinity)
    #expect(ulpError(Float.infinity, Double.infinity) == 0)
    #expect(ulpError(Double(1).nextUp, Wide(1)) == 1)
    #expect(worstULPError([Float(1), 2, 4], [1.0, 2, 4 + 0x1p-21]) == (1, 2))
    #expect(ulpDistance(Float(1), Float(1).nextUp) == 1)
    #expect(ulpDistance(Float(-0x1p-149), Float(0x1p-149)) == 2)
    #expect(ulpDistance(-Double.infinity, Double.infinity) == 0xFFE0_0000_0000_0000 as UInt64)
  }

  @Test func inputsHoldWhatTheyPromise() {
    #expect(Inputs.values(.overflowing, count: 100).allSatisfy { $0 >= 90 && $0 < 100 })
    #expect(Inputs.values(.denormal, count: 100).allSatisfy { Float($0).isSubnormal })
    #expect(Inputs.values(.withNaN, count: 1)[0].isNaN)
    #expect(Inputs.values(.withNegativeInfinity, count: 100).count { $0 == -.infinity } == 20)
    #expect(Inputs.golden(seed: 1, count: 2, log2scale: 5).allSatisfy { $0 >= -16 && $0 < 16 })
    #expect(Inputs.values(.normal, count: 50) == Inputs.values(.normal, count: 50))
    #expect(Inputs.values(.normal, count: 50) != Inputs.values(.normal, count: 50, seed: 2))
  }
}
