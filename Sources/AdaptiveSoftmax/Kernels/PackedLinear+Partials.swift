internal import CSoftmaxKernels

extension PackedLinear {
  /// Runs one pass over `rows` rows of `hidden`, [..., depth], and lends their partials (max, rest) to `body`.
  func withPartials<Scalar: FloatingTensorScalar>(
    _ hidden: Tensor<Scalar>, rows: Int, rowIndex: UnsafePointer<Int>? = nil, target: UnsafePointer<Int64>? = nil,
    targetLogit: UnsafeMutablePointer<Scalar.Accumulator>? = nil, threads: Int,
    _ body: (UnsafePointer<Scalar.Accumulator>, UnsafePointer<Double>) throws(SoftmaxError) -> Void
  ) throws(SoftmaxError) {
    try withScratch(of: Scalar.Accumulator.self, count: rows) { (max) throws(SoftmaxError) in
      try withScratch(of: Double.self, count: rows) { (rest) throws(SoftmaxError) in
        try hidden.withUnsafeBufferPointer { (hidden) throws(SoftmaxError) in
          var job = LinearJob(hidden: hidden.baseAddress, type: Scalar._kernelType, stride: depth, rows: rows)
          job.rowIndex = rowIndex
          job.max = UnsafeMutableRawPointer(max.baseAddress!)
          job.rest = rest.baseAddress!
          job.target = target
          job.targetLogit = UnsafeMutableRawPointer(targetLogit)
          try run(job, threads: threads)
        }
        try body(max.baseAddress!, rest.baseAddress!)
      }
    }
  }

  /// Sums over the classes, in Double and in their order.
  ///
  /// sum_c w_c, sum_c w_c bias_c and, for each k, sum_c w_c weight[c, k]; w nil counts as all ones. A class of no weight adds
  /// nothing, whatever its weights and bias are.
  func weightedSums(_ w: [Double]?) -> (total: Double, bias: Double, weight: [Double]) {
    type == .float64 ? weightedSums(w, as: Double.self) { $0 } : weightedSums(w, as: Float.self) { Double($0) }
  }

  @inline(__always)
  private func weightedSums<Value: ComputingScalar>(_ w: [Double]?, as: Value.Type, _ widen: (Value) -> Double)
    -> (total: Double, bias: Double, weight: [Double])
  {
    defer { withExtendedLifetime(self) {} }
    let biases = UnsafeRawPointer(self.biases.base).assumingMemoryBound(to: Value.self)
    let lanes = Self.panelClasses
    var sums = (total: 0.0, bias: 0.0, weight: [Double](repeating: 0, count: depth))
    for c in 0..<classes {
      let factor = w?[c] ?? 1
      sums.total += factor
      if hasBias && factor != 0 { sums.bias += factor * widen(biases[c]) }
    }
    // Eight sums at a time: each is one chain of additions, and one alone would wait for each of them.
    var weight = [SIMD8<Double>](repeating: .zero, count: (depth + 7) / 8)
    forEachPanel(as: Value.self) { first, panel in
      for block in weight.indices {
        let live = min(8, depth - 8 * block)
        var sum = weight[block]
        for lane in 0..<min(lanes, classes - first) {
          let factor = w?[first + lane] ?? 1
          if factor == 0 { continue }
          var values = SIMD8<Double>.zero
          for i in 0..<live { values[i] = widen(panel[(8 * block + i) * lanes + lane]) }
          sum += factor * values
        }
        weight[block] = sum
      }
      return true
    }
    for k in 0..<depth { sums.weight[k] = weight[k / 8][k % 8] }
    return sums
  }
}

/// Copies scalars as Double.
func widen<Scalar: FloatingTensorScalar>(_ x: UnsafePointer<Scalar>, into y: UnsafeMutableBufferPointer<Double>)
  throws(SoftmaxError)
{
  guard !y.isEmpty else { return }
  try check(smx_convert(Scalar._kernelType.c, x, SMX_F64, y.baseAddress, y.count, 1))
}
