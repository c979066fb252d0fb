public import AdaptiveSoftmax
internal import TensorFiles

/// What can be said of a head without reading its weights.
public struct HeadSummary: Sendable {
  /// The shortlist or a tail.
  public struct Cluster: Sendable, Equatable {
    /// `head`, `tail 0`, `tail 1`, ...
    public let name: String
    /// The classes that are decided here.
    public let classes: Range<Int>
    /// The width of a tail's projection; nil for the head.
    public let projection: Int?
    /// The bytes of the cluster's weights in the file.
    public let bytes: Int
  }

  public let layout: AdaptiveHeadLayout
  /// The head first, then the tails.
  public let clusters: [Cluster]
  /// The type of the weights, such as `float32`; several are joined by `, `.
  public let dtype: String
  /// The number of weights.
  public let parameters: Int
  /// The bytes of all weights in the file.
  public let bytes: Int

  /// Reads the header of a safetensors or .pt file.
  ///
  /// - Throws: `ScoringError` (`missingInput`; `data`).
  public init(path: String) throws(ScoringError) {
    let head = try HeadFile(path: path, io: .read)
    let weights = HeadWeights(head.file).weights
    let prefix = try about(path) { () throws(SoftmaxError) in try AdaptiveHeadLayout.prefix(in: weights) }
    let layout = head.layout
    let entries = head.file.tensors.filter { $0.name.hasPrefix(prefix) }
    func bytes(_ start: String) -> Int {
      entries.filter { $0.name.hasPrefix(prefix + start) }.reduce(0) { $0 + $1.byteCount }
    }
    var clusters = [
      Cluster(name: "head", classes: 0..<layout.shortlistSize, projection: nil, bytes: bytes("head."))
    ]
    for i in 0..<layout.nClusters {
      clusters.append(
        Cluster(
          name: "tail \(i)", classes: layout.tailClasses(i), projection: layout.tailFeatures[i],
          bytes: bytes("tail.\(i).")))
    }
    self.layout = layout
    self.clusters = clusters
    var types: [String] = []
    for name in entries.map(\.elementType.name) where !types.contains(name) { types.append(name) }
    dtype = types.joined(separator: ", ")
    parameters = layout.weightShapes.reduce(0) { $0 + $1.shape.reduce(1, *) }
    self.bytes = clusters.reduce(0) { $0 + $1.bytes }
  }
}
