extension Oracle {
  /// Log-probabilities [rows, classes] of an adaptive head given by its state dict (`head.weight`, `head.bias`,
  /// `tail.0.0.weight`, `tail.0.1.weight`, perhaps `tail.0.1.bias`, ...) for hidden [rows, inFeatures], by the formula:
  /// log p(word) = log p_head(word) in the shortlist, log p_head(cluster) + log p_cluster(word) in a tail.
  public static func adaptiveLogProb(_ hidden: Exact, state: [String: Exact]) -> Exact {
    let rows = hidden.shape[0]
    let head = logSoftmax(linear(hidden, weight: state["head.weight"]!, bias: state["head.bias"]), dim: 1)
    let tails = (0...).prefix { state["tail.\($0).0.weight"] != nil }.map { i in
      let projected = linear(hidden, weight: state["tail.\(i).0.weight"]!)
      return logSoftmax(
        linear(projected, weight: state["tail.\(i).1.weight"]!, bias: state["tail.\(i).1.bias"]), dim: 1)
    }
    let width = head.shape[1]
    let shortlist = width - tails.count
    var values: [Wide] = []
    for r in 0..<rows {
      values += head.values[r * width..<r * width + shortlist]
      for (i, tail) in tails.enumerated() {
        let size = tail.shape[1]
        let cluster = head.values[r * width + shortlist + i]
        values += tail.values[r * size..<(r + 1) * size].map { cluster + $0 }
      }
    }
    return Exact(shape: [rows, shortlist + tails.reduce(0) { $0 + $1.shape[1] }], values)
  }
}
