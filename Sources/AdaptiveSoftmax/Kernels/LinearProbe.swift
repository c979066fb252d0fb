internal import CSoftmaxKernels

/// Times the passes that scoring is made of, over weights of any size: what a `LinearCostModel` is fitted to.
///
/// A pass is the tile driver with the log-sum-exp and the target's logit of every row, and the log-probabilities made from
/// them. Neither the weights nor the rows of one pass are those of the passes before, as in a head whose layers and whose
/// batch do not fit the caches.
package final class LinearProbe {
  private let panels: TensorStorage<Float>
  private let hidden: TensorStorage<Float>
  private let max: TensorStorage<Float>
  private let logit: TensorStorage<Float>
  private let rest: TensorStorage<Double>
  private let target: TensorStorage<Int64>
  private var nextWeight = 0
  private var nextHidden = 0
  private let clock = ContinuousClock()

  /// Memory for passes of at most `rows` rows, `hiddenScalars` features in all and `weightScalars` weights.
  ///
  /// - Throws: `SoftmaxError` (`memory`).
  package init(rows: Int, hiddenScalars: Int, weightScalars: Int) throws(SoftmaxError) {
    panels = try Self.random(weightScalars)
    hidden = try Self.random(hiddenScalars)
    max = try Self.storage(rows)
    logit = try Self.storage(rows)
    rest = try Self.storage(rows)
    target = try Self.storage(rows)
    target.buffer.update(repeating: 0)
    logit.buffer.update(repeating: 0)
  }

  /// The seconds that one pass took.
  ///
  /// - Throws: `SoftmaxError` (`argument`: a pass larger than there is memory for; `memory`, `variant`).
  package func seconds(rows: Int, classes: Int, depth: Int, threads: Int) throws(SoftmaxError) -> Double {
    let threads = try threadCount(threads)
    let weights = smx_linear_bytes(classes, depth, SMX_F32) / MemoryLayout<Float>.stride
    guard rows > 0, classes > 0, depth > 0, rows <= max.count, rows * depth <= hidden.count, weights <= panels.count
    else {
      throw SoftmaxError(
        .argument,
        "expected a pass that this probe has memory for, found \(rows) rows, \(classes) classes, depth \(depth)")
    }
    if nextWeight + weights > panels.count { nextWeight = 0 }
    if nextHidden + rows * depth > hidden.count { nextHidden = 0 }
    defer {
      nextWeight += weights
      nextHidden += rows * depth
    }
    var layer = smx_linear()
    layer.classes = classes
    layer.depth = depth
    layer.type = SMX_F32
    layer.storage = SMX_F32
    layer.panels = UnsafeRawPointer(panels.base + nextWeight)
    var job = smx_linear_job()
    job.hidden_type = SMX_F32
    job.hidden = UnsafeRawPointer(hidden.base + nextHidden)
    job.hidden_stride = depth
    job.rows = rows
    job.max = UnsafeMutableRawPointer(max.base)
    job.rest = rest.base
    job.target = UnsafePointer(target.base)
    job.target_logit = UnsafeMutableRawPointer(logit.base)
    let start = clock.now
    try Workspace.with { (workspace) throws(SoftmaxError) in
      try withUnsafePointer(to: &layer) { (layer) throws(SoftmaxError) in
        job.layer = layer
        try check(smx_linear_run(&job, threads, workspace))
      }
    }
    try logProbability(.float32, logit: logit.base, max: max.base, rest: rest.base, into: logit.base, rows: rows)
    let (seconds, attoseconds) = (clock.now - start).components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }

  private static func storage<Scalar: TensorScalar>(_ count: Int) throws(SoftmaxError) -> TensorStorage<Scalar> {
    guard let storage = TensorStorage<Scalar>(uninitialized: count) else {
      throw SoftmaxError(.memory, "out of memory: \(count) scalars to measure the kernels with could not be allocated")
    }
    return storage
  }

  /// Numbers of the size that weights and hidden states have; the time of a pass does not depend on them.
  private static func random(_ count: Int) throws(SoftmaxError) -> TensorStorage<Float> {
    let storage: TensorStorage<Float> = try storage(count)
    var generator = SeededGenerator(seed: 1)
    for i in 0..<count {
      storage.base[i] = i < 1 << 16 ? Float(generator.uniform(bits: 24) - 0.5) / 8 : storage.base[i - (1 << 16)]
    }
    return storage
  }
}
