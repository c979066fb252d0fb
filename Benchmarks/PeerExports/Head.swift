import AdaptiveSoftmax

typealias Head = Kept<AdaptiveLogSoftmaxWithLoss<Float>>

/// A head with the `count` named weights given, a state dict of PyTorch's, held in bfloat16 if asked.
@_cdecl("peer_head")
public func makeHead(
  _ count: Int32, _ names: UnsafePointer<UnsafePointer<CChar>?>, _ weights: UnsafePointer<UnsafeMutableRawPointer?>,
  _ bfloat16: Bool
) -> UnsafeMutableRawPointer? {
  handle {
    var state = StateDict<Float>()
    for i in 0..<Int(count) {
      guard let name = names[i], let weight = weights[i] else { continue }
      state[String(cString: name)] = floats(weight).tensor
    }
    return try Kept(AdaptiveLogSoftmaxWithLoss<Float>(stateDict: state, storage: bfloat16 ? .bfloat16 : .exact))
  }
}

/// A plain head with these weights, [classes, features]: an adaptive head without tails.
@_cdecl("peer_plain_head")
public func makePlainHead(_ weight: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
  handle { try Kept(AdaptiveLogSoftmaxWithLoss(LinearHead(weight: floats(weight).tensor))) }
}

/// Results of peer_top_k that are written again and again.
final class Best {
  var result = TopK<Float>()
}

@_cdecl("peer_best")
public func makeBest() -> UnsafeMutableRawPointer? { handle { Best() } }

/// The k best classes of each row, with their log-probabilities.
@_cdecl("peer_top_k")
public func topK(
  _ head: UnsafeMutableRawPointer, _ x: UnsafeMutableRawPointer, _ k: Int32, _ best: UnsafeMutableRawPointer,
  _ threads: Int32
) -> Int32 {
  let (module, x, best) = (object(head, Head.self).value, floats(x), object(best, Best.self))
  return attempt { try module.topK(x.tensor, k: Int(k), into: &best.result, threads: Int(threads)) }
}

/// Copies the class ids and log-probabilities out, and returns the share of the tiles that were skipped.
@_cdecl("peer_best_read")
public func readBest(
  _ best: UnsafeMutableRawPointer, _ ids: UnsafeMutablePointer<Int64>, _ logProbs: UnsafeMutablePointer<Float>
) -> Double {
  let result = object(best, Best.self).result
  result.ids.withUnsafeBufferPointer { ids.update(from: $0.baseAddress!, count: $0.count) }
  result.logProbs.withUnsafeBufferPointer { logProbs.update(from: $0.baseAddress!, count: $0.count) }
  return result.tiles.skippedShare
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
