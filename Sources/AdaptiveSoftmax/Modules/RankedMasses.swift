/// The probabilities of one row's most probable classes, best first, up to a factor.
struct RankedMasses {
  private var masses: [Double] = []

  /// Their sum.
  var total: Double { masses.reduce(0, +) }

  /// Takes the classes' log-probabilities, best first: exp(slope (logProb - the best)).
  mutating func weigh<Scalar: ComputingScalar>(_ logProbs: some Sequence<Scalar>, slope: Double) throws(SoftmaxError) {
    masses.removeAll(keepingCapacity: true)
    var best: Scalar?
    for logProb in logProbs {
      if best == nil { best = logProb }
      masses.append(slope * Double(logProb - best!))
    }
    let count = masses.count
    // The closure cannot throw what the kernels throw: it hands the outcome out.
    try masses.withUnsafeMutableBufferPointer { (masses) -> Result<Void, SoftmaxError> in
      Result { () throws(SoftmaxError) in
        guard let base = masses.baseAddress else { return }
        try exponentials(inPlace: base, count: count, threads: 1)
      }
    }.get()
  }

  /// Keeps the fewest first classes that make up `target`; false where all of them do not.
  mutating func cut(to target: Double) -> Bool {
    var sum = 0.0
    for (i, mass) in masses.enumerated() {
      sum += mass
      guard sum >= target else { continue }
      masses.removeSubrange((i + 1)...)
      return true
    }
    return false
  }

  /// Writes the draws of row `row`; -1 where the masses are no distribution.
  ///
  /// - Parameter classes: the classes, best first.
  func draw<Classes: RandomAccessCollection<Int64>>(
    _ classes: Classes, _ sampling: Sampling, row: Int, into output: UnsafeMutablePointer<Int64>
  ) where Classes.Index == Int {
    masses.withUnsafeBufferPointer { masses in
      for draw in 0..<sampling.count {
        let found = pick(masses, at: sampling.generator.uniforms(row: row, draw: draw).0)
        output[row * sampling.count + draw] = found.map { classes[classes.startIndex + $0.entry] } ?? -1
      }
    }
  }
}
