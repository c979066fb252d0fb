/// The rows of `linearCrossEntropy`: one pass of those that count over the layer, then their losses.
struct LinearLossRows {
  let layer: PackedLinear
  let classWeight: [Double]?
  let ids: UnsafeBufferPointer<Int64>
  let counted: Int
  let ignoreIndex: Int64
  let labelSmoothing: Double

  /// Writes the loss and the weight of each row; 0 where ignored.
  func write<Scalar: FloatingTensorScalar>(
    _ hidden: Tensor<Scalar>, loss: UnsafeMutableBufferPointer<Scalar.Accumulator>,
    rowWeight: UnsafeMutableBufferPointer<Scalar.Accumulator>, threads: Int
  ) throws(SoftmaxError) {
    loss.initialize(repeating: 0)
    rowWeight.initialize(repeating: 0)
    guard counted > 0 else { return }
    let index = ids.indices.filter { ids[$0] != ignoreIndex }
    let target = index.map { ids[$0] }
    for row in index { rowWeight[row] = Scalar.Accumulator(classWeight?[Int(ids[row])] ?? 1) }

    try withScratch(of: Scalar.Accumulator.self, count: counted) { (logit) throws(SoftmaxError) in
      let logit = logit.baseAddress!
      try index.withUnsafeBufferPointer { (index) throws(SoftmaxError) in
        try target.withUnsafeBufferPointer { (target) throws(SoftmaxError) in
          try layer.withPartials(
            hidden, rows: counted, rowIndex: index.baseAddress, target: target.baseAddress, targetLogit: logit,
            threads: threads
          ) { (max, rest) throws(SoftmaxError) in
            try logProbability(layer.type, logit: logit, max: max, rest: rest, into: logit, rows: counted)
            for (i, row) in index.enumerated() {
              // As in crossEntropy: 0 log 0 is 0.
              let left = labelSmoothing > 0 && rowWeight[row] == 0 && !logit[i].isNaN
              loss[row] = left ? 0 : -rowWeight[row] * logit[i]
            }
            if labelSmoothing > 0 { try smooth(hidden, index, max: max, rest: rest, loss) }
          }
        }
      }
    }
  }

  /// loss = (1 - e) loss + e / classes sum_c w_c (lse - logit_c) for the rows of `index`.
  ///
  /// lse = max + log1p(rest) stays in two parts: what all logits share cancels in max - logit_c before log1p is added.
  private func smooth<Scalar: FloatingTensorScalar>(
    _ hidden: Tensor<Scalar>, _ index: UnsafeBufferPointer<Int>, max: UnsafePointer<Scalar.Accumulator>,
    rest: UnsafePointer<Double>, _ loss: UnsafeMutableBufferPointer<Scalar.Accumulator>
  ) throws(SoftmaxError) {
    let sums = layer.weightedSums(classWeight)
    let share = labelSmoothing / (Double(layer.classes) * sums.unit)
    try withScratch(of: Double.self, count: 8 * sums.weight.count) { (row) throws(SoftmaxError) in
      row.initialize(repeating: 0)
      try hidden.withUnsafeBufferPointer { (hidden) throws(SoftmaxError) in
        for (i, r) in index.enumerated() {
          try widen(hidden.baseAddress! + r * layer.depth, into: .init(rebasing: row[..<layer.depth]))
          let distance = sums.distance(from: max[i].asDouble, UnsafeBufferPointer(row))
          let all = share * (sums.total.rounded * (try logOfOnePlus(rest[i])) + distance)
          let own = labelSmoothing < 1 || loss[r].isNaN ? (1 - labelSmoothing) * loss[r].asDouble : 0
          loss[r] = Scalar.Accumulator(own + all)
        }
      }
    }
  }
}
