import AdaptiveSoftmax

private func softmaxInto<Scalar: FloatingTensorScalar>(
  _ logarithm: Bool, _ x: Box<Scalar>, _ y: Box<Scalar>, _ dim: Int32, _ threads: Int32
) -> Int32 {
  attempt {
    if logarithm {
      try logSoftmax(x.tensor, dim: Int(dim), into: &y.tensor, threads: Int(threads))
    } else {
      try softmax(x.tensor, dim: Int(dim), into: &y.tensor, threads: Int(threads))
    }
  }
}

@_cdecl("peer_softmax")
public func softmaxOfFloats(
  _ logarithm: Bool, _ x: UnsafeMutableRawPointer, _ y: UnsafeMutableRawPointer, _ dim: Int32, _ threads: Int32
) -> Int32 { softmaxInto(logarithm, floats(x), floats(y), dim, threads) }

@_cdecl("peer_softmax_brains")
public func softmaxOfBrains(
  _ logarithm: Bool, _ x: UnsafeMutableRawPointer, _ y: UnsafeMutableRawPointer, _ dim: Int32, _ threads: Int32
) -> Int32 { softmaxInto(logarithm, brains(x), brains(y), dim, threads) }

/// Into memory taken for this call.
@_cdecl("peer_softmax_fresh")
public func softmaxFresh(_ logarithm: Bool, _ x: UnsafeMutableRawPointer, _ dim: Int32, _ threads: Int32) -> Int32 {
  let x = floats(x)
  return attempt {
    _ =
      logarithm
      ? try logSoftmax(x.tensor, dim: Int(dim), threads: Int(threads))
      : try softmax(x.tensor, dim: Int(dim), threads: Int(threads))
  }
}

@_cdecl("peer_logsumexp")
public func logSumExpInto(
  _ x: UnsafeMutableRawPointer, _ y: UnsafeMutableRawPointer, _ dim: Int32, _ threads: Int32
) -> Int32 {
  let (x, y) = (floats(x), floats(y))
  return attempt { try logSumExp(x.tensor, dim: Int(dim), into: &y.tensor, threads: Int(threads)) }
}

/// A linear layer with these weights, [classes, features], packed.
@_cdecl("peer_linear")
public func makeLinear(_ weight: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
  handle { try Kept(LinearWeights(floats(weight).tensor)) }
}

@_cdecl("peer_linear_logsumexp")
public func linearLogSumExpInto(
  _ layer: UnsafeMutableRawPointer, _ x: UnsafeMutableRawPointer, _ y: UnsafeMutableRawPointer, _ threads: Int32
) -> Int32 {
  let (weights, x, y) = (object(layer, Kept<LinearWeights<Float>>.self).value, floats(x), floats(y))
  return attempt { try linearLogSumExp(x.tensor, weights, into: &y.tensor, threads: Int(threads)) }
}

/// The mean loss, written to `loss`, a tensor of rank 0.
@_cdecl("peer_linear_cross_entropy")
public func linearCrossEntropyInto(
  _ layer: UnsafeMutableRawPointer, _ x: UnsafeMutableRawPointer, _ target: UnsafeMutableRawPointer,
  _ loss: UnsafeMutableRawPointer, _ threads: Int32
) -> Int32 {
  let weights = object(layer, Kept<LinearWeights<Float>>.self).value
  let (x, target, loss) = (floats(x), indices(target), floats(loss))
  return attempt {
    try linearCrossEntropy(x.tensor, weights, target.tensor, into: &loss.tensor, threads: Int(threads))
  }
}
