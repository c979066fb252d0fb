import AdaptiveSoftmax

typealias Head = Kept<AdaptiveLogSoftmaxWithLoss<Float>>

/// A head with the `count` named weights given, a state dict of PyTorch's.
@_cdecl("peer_head")
public func makeHead(
  _ count: Int32, _ names: UnsafePointer<UnsafePointer<CChar>?>, _ weights: UnsafePointer<UnsafeMutableRawPointer?>
) -> UnsafeMutableRawPointer? {
  handle {
    var state = StateDict<Float>()
    for i in 0..<Int(count) {
      guard let name = names[i], let weight = weights[i] else { continue }
      state[String(cString: name)] = floats(weight).tensor
    }
    return try Kept(AdaptiveLogSoftmaxWithLoss<Float>(stateDict: state))
  }
}

/// The log-probability of each row's target in `output`, and the mean loss in `loss`.
@_cdecl("peer_forward")
public func forward(
  _ head: UnsafeMutableRawPointer, _ x: UnsafeMutableRawPointer, _ target: UnsafeMutableRawPointer,
  _ output: UnsafeMutableRawPointer, _ loss: UnsafeMutablePointer<Float>, _ threads: Int32
) -> Int32 {
  let (module, x, target, output) = (object(head, Head.self).value, floats(x), indices(target), floats(output))
  return attempt {
    loss.pointee = try module(x.tensor, target.tensor, into: &output.tensor, threads: Int(threads))[]
  }
}

@_cdecl("peer_log_prob")
public func logProb(
  _ head: UnsafeMutableRawPointer, _ x: UnsafeMutableRawPointer, _ y: UnsafeMutableRawPointer, _ threads: Int32
) -> Int32 {
  let (module, x, y) = (object(head, Head.self).value, floats(x), floats(y))
  return attempt { try module.logProb(x.tensor, into: &y.tensor, threads: Int(threads)) }
}

@_cdecl("peer_predict")
public func predict(
  _ head: UnsafeMutableRawPointer, _ x: UnsafeMutableRawPointer, _ classes: UnsafeMutableRawPointer, _ threads: Int32
) -> Int32 {
  let (module, x, classes) = (object(head, Head.self).value, floats(x), indices(classes))
  return attempt { try module.predict(x.tensor, into: &classes.tensor, threads: Int(threads)) }
}
