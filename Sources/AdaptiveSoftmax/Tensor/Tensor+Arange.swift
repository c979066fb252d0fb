extension Tensor where Scalar: FloatingTensorScalar {
  /// The numbers start + i * step that lie before `end`, as torch.arange; each is computed in Double and rounded once.
  ///
  /// The result has ceil((end - start) / step) scalars, and shape `[count]`. The bounds are Double for every type, as
  /// Python's are, so that a decimal step gives as many scalars as PyTorch's; a last one that lies before `end` can be
  /// rounded to it.
  ///
  /// - Throws: `SoftmaxError` (`argument`: a step of zero, a step that leads away from `end`, a bound or distance that is not finite;
  ///   `shape`: more scalars than an Int can count; `memory`).
  public static func arange(_ start: Double, _ end: Double, step: Double = 1) throws(SoftmaxError) -> Tensor {
    guard (end - start).isFinite, step.isFinite else {
      throw SoftmaxError(
        .argument, "arange expects finite bounds and a finite distance, but got \(start) ..< \(end), step \(step)")
    }
    try checkArange(isZero: step == 0, isAway: step > 0 ? end < start : end > start, start, end, step)
    guard let count = Int(exactly: ((end - start) / step).rounded(.up)) else {
      throw SoftmaxError(.shape, "arange \(start) ..< \(end), step \(step) has more scalars than an Int can count")
    }
    return try Tensor(shape: [count]) { buffer in
      for i in 0..<count { buffer.initializeElement(at: i, to: Scalar(converting: start + Double(i) * step)) }
    }
  }

  /// The numbers from 0 up to, but without, `end`.
  ///
  /// - Throws: `SoftmaxError` (`argument`: an end that is negative or not finite; `shape`; `memory`).
  public static func arange(_ end: Double) throws(SoftmaxError) -> Tensor { try arange(0, end) }
}

extension Tensor where Scalar: IndexTensorScalar {
  /// The integers start + i * step that lie before `end`, as torch.arange.
  ///
  /// - Throws: `SoftmaxError` (`argument`: a step of zero, or one that leads away from `end`; `shape`: more scalars than an
  ///   Int can count; `memory`).
  public static func arange(_ start: Scalar, _ end: Scalar, step: Scalar = 1) throws(SoftmaxError) -> Tensor {
    try checkArange(isZero: step == 0, isAway: step > 0 ? end < start : end > start, start, end, step)
    let distance = UInt64(end > start ? Int128(end) - Int128(start) : Int128(start) - Int128(end))
    let stride = UInt64(step.magnitude)
    guard let count = Int(exactly: distance / stride + (distance % stride == 0 ? 0 : 1)) else {
      throw SoftmaxError(.shape, "arange \(start) ..< \(end), step \(step) has more scalars than an Int can count")
    }
    return try Tensor(shape: [count]) { buffer in
      var value = start
      for i in 0..<count {
        buffer.initializeElement(at: i, to: value)
        value &+= step
      }
    }
  }

  /// The integers from 0 up to, but without, `end`.
  ///
  /// - Throws: `SoftmaxError` (`argument`: a negative end; `shape`; `memory`).
  public static func arange(_ end: Scalar) throws(SoftmaxError) -> Tensor { try arange(0, end) }
}

private func checkArange<Number>(
  isZero: Bool, isAway: Bool, _ start: Number, _ end: Number, _ step: Number
) throws(SoftmaxError) {
  if isZero { throw SoftmaxError(.argument, "arange expects a step other than zero, but got \(step)") }
  if isAway {
    throw SoftmaxError(
      .argument, "arange expects a step that leads from the start to the end, but got \(start) ..< \(end), step \(step)"
    )
  }
}
