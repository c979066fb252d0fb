/// |got - exact| in units of the last place of a `T` of the size of `exact`; denormals have the unit of the least normal.
///
/// 0 where both are NaN, or both the same infinity (or `exact` rounds to it); infinite where only one is.
public func ulpError<T: BinaryFloatingPoint, W: BinaryFloatingPoint>(_ got: T, _ exact: W) -> Double {
  if got.isNaN || exact.isNaN { return got.isNaN && exact.isNaN ? 0 : .infinity }
  if !got.isFinite || !exact.isFinite { return got == T(exact) ? 0 : .infinity }
  let exponent = max(
    exact == 0 ? T.leastNormalMagnitude.exponent : T.Exponent(exact.exponent), T.leastNormalMagnitude.exponent)
  let unit = W(sign: .plus, exponent: W.Exponent(exponent) - W.Exponent(T.significandBitCount), significand: 1)
  return Double(abs(W(got) - exact) / unit)
}

/// The largest error of `got` and where it is; index -1 for no scalars.
public func worstULPError<T: BinaryFloatingPoint, W: BinaryFloatingPoint>(
  _ got: [T], _ exact: [W]
) -> (error: Double, index: Int) {
  precondition(got.count == exact.count, "\(got.count) results for \(exact.count) references")
  var worst = (error: 0.0, index: -1)
  for i in got.indices {
    let error = ulpError(got[i], exact[i])
    if error > worst.error || worst.index < 0 { worst = (error, i) }
  }
  return worst
}

/// How many Floats lie between the two, counting one end; both zeros are one number; NaN is as far as can be.
public func ulpDistance(_ a: Float, _ b: Float) -> UInt32 {
  if a.isNaN || b.isNaN { return a.isNaN && b.isNaN ? 0 : .max }
  func rank(_ x: Float) -> Int64 { x.sign == .minus ? -Int64(x.magnitude.bitPattern) : Int64(x.bitPattern) }
  return UInt32((rank(a) - rank(b)).magnitude)
}

/// How many Doubles lie between the two, counting one end; both zeros are one number; NaN is as far as can be.
public func ulpDistance(_ a: Double, _ b: Double) -> UInt64 {
  if a.isNaN || b.isNaN { return a.isNaN && b.isNaN ? 0 : .max }
  func rank(_ x: Double) -> Int64 { x.sign == .minus ? -Int64(x.magnitude.bitPattern) : Int64(x.bitPattern) }
  return UInt64((Int128(rank(a)) - Int128(rank(b))).magnitude)
}
