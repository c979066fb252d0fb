/// The input rows of one call: what all passes over an adaptive head share.
struct AdaptiveRows<Scalar: ComputingScalar> {
  let base: UnsafeRawPointer?
  let type: KernelType
  let inFeatures: Int
  let count: Int
  let threads: Int

  /// Calls `body` with batches of rows that keep the scratch near 16 MB however many rows there are.
  func forEachBatch(
    scratchPerRow: Int, atMost limit: Int = 4096, _ body: (AdaptiveRows, Range<Int>) throws(SoftmaxError) -> Void
  ) throws(SoftmaxError) {
    let size = Self.batchSize(scratchPerRow: scratchPerRow, atMost: limit)
    for start in stride(from: 0, to: count, by: size) {
      let rows = start..<min(start + size, count)
      try body(self[rows], rows)
    }
  }

  /// Some of the rows.
  subscript(rows: Range<Int>) -> AdaptiveRows {
    AdaptiveRows(
      base: base.map { $0 + rows.lowerBound * inFeatures * type.size }, type: type, inFeatures: inFeatures,
      count: rows.count, threads: threads)
  }

  /// The rows of a batch when each needs `scratchPerRow` bytes.
  static func batchSize(scratchPerRow: Int, atMost limit: Int) -> Int {
    min(limit, max(16, (16 << 20) / max(scratchPerRow, 1)))
  }

  /// The pass over the head: all rows, or those that `order` lists.
  func job(_ order: UnsafeBufferPointer<Int>? = nil) -> LinearJob {
    var job = LinearJob(hidden: base, type: type, stride: inFeatures, rows: order?.count ?? count)
    job.rowIndex = order?.baseAddress
    return job
  }

  /// The pass over a tail's output layer, after the rows were projected into `projected`, [rows, width].
  func job(
    _ tail: AdaptiveLogSoftmaxWithLoss<Scalar>.Tail, _ order: UnsafeBufferPointer<Int>? = nil,
    projected: UnsafeMutablePointer<Scalar>
  ) throws(SoftmaxError) -> LinearJob {
    let width = tail.projection.classes
    if width > 0 {
      var projection = job(order)
      projection.logits = UnsafeMutableRawPointer(projected)
      projection.logitsStride = width
      projection.split = width
      try tail.projection.run(projection, threads: threads)
    }
    return LinearJob(
      hidden: projected, type: Scalar._kernelType, stride: width, rows: order?.count ?? count)
  }
}

extension AdaptiveLogSoftmaxWithLoss {
  /// The width of the widest projection.
  var widestTail: Int { layout.tailFeatures.max() ?? 0 }

  /// Lends the rows of `input` to `body`.
  func withRows<Input, Result>(
    of input: Tensor<Input>, threads: Int, _ body: (AdaptiveRows<Scalar>) throws(SoftmaxError) -> Result
  ) throws(SoftmaxError) -> Result where Input: FloatingTensorScalar, Input.Accumulator == Scalar {
    let count = try Tensor<Input>.count(of: Array(input.shape.dropLast()))
    return try input.withUnsafeBufferPointer { (scalars) throws(SoftmaxError) in
      try body(
        AdaptiveRows(
          base: scalars.baseAddress.map { UnsafeRawPointer($0) }, type: Input._kernelType, inFeatures: inFeatures,
          count: count, threads: threads))
    }
  }
}
