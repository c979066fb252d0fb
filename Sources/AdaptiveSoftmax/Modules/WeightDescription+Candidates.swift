/// What may have been meant by a name that no weight has.
extension WeightDescription {
  /// Weights of so many dimensions with their shapes: first those whose names are near `name`, then the largest; ten at most.
  package static func candidates(for name: String = "", rank: Int, among weights: [WeightDescription]) -> String {
    let fitting = weights.filter { $0.shape.count == rank }
    guard !fitting.isEmpty else { return weights.isEmpty ? "no tensors" : list(weights.map(\.name)) }
    let ordered = fitting.map { (weight: $0, distance: $0.distance(to: name) ?? .max, size: $0.size) }
      .sorted { ($0.distance, -$0.size) < ($1.distance, -$1.size) }
    let more = ordered.count > 10 ? " and \(ordered.count - 10) more" : ""
    return ordered.prefix(10).map { "\(quoted($0.weight.name)) \($0.weight.shape)" }.joined(separator: ", ") + more
  }

  private var size: Double { shape.reduce(1) { $0 * Double($1) } }

  /// How far the name is from another, or its layer from the other's; nil where neither is near.
  private func distance(to other: String) -> Int? {
    let (layer, otherLayer) = (Self.layer(name), Self.layer(other))
    return [
      Self.distance(layer.utf8, otherLayer.utf8, atMost: otherLayer.utf8.count / 3),
      Self.distance(name.utf8, other.utf8, atMost: other.utf8.count / 4 + 1),
    ].compactMap(\.self).min()
  }

  /// The bytes to insert, remove or replace to make one name another; nil for more than `most`, and for endless names.
  private static func distance(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>, atMost most: Int) -> Int? {
    let (a, b) = (Array(a), Array(b))
    guard !b.isEmpty, max(a.count, b.count) <= 200, abs(a.count - b.count) <= most else { return nil }
    var row = Array(0...b.count)
    for i in a.indices {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let replaced = diagonal + (a[i] == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
      }
    }
    return row[b.count] <= most ? row[b.count] : nil
  }

  /// The layer in a name: `lm_head` of `model.lm_head.weight`; with what stands before it where it is a number.
  private static func layer(_ name: String) -> Substring {
    var parts = name.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count > 1, ["weight", "bias"].contains(parts[parts.count - 1]) { parts.removeLast() }
    guard let last = parts.last, Int(last) == nil else { return name[...] }
    return last
  }
}
