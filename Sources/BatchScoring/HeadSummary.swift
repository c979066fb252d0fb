public import AdaptiveSoftmax
internal import TensorFiles

/// What can be said of a head without reading its weights.
public struct HeadSummary: Sendable, Equatable {
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

  /// What stands before an adaptive head's names; nil for a plain head.
  public let prefix: String?
  /// The sizes.
  public let layout: AdaptiveHeadLayout
  /// The head first, then the tails.
  public let clusters: [Cluster]
  /// The type of the weights, such as `float32`; several are joined by `, `.
  public let dtype: String
  /// The number of weights.
  public let parameters: Int
  /// The bytes of all weights in the file.
  public let bytes: Int

  /// Reads the header of a safetensors or .pt file with an adaptive head.
  ///
  /// - Throws: `ScoringError` (`usage`: a plain head that leaves open what the bias beside it is; `missingInput`;
  ///   `data`; `inputOutput`).
  public init(path: String) throws(ScoringError) { try self.init(HeadSource(path: path)) }

  /// Reads the header of the head's file; a plain head is one cluster, of all classes.
  ///
  /// - Throws: `ScoringError` (`usage`: a plain head that leaves open what the bias beside it is; `missingInput`;
  ///   `data`; `inputOutput`).
  public init(_ source: HeadSource) throws(ScoringError) {
    let head = try HeadFile(source)
    let layout = head.layout
    let entries = head.file.tensors.filter { tensor in
      head.prefix.map { tensor.name.hasPrefix($0) } ?? [head.plain?.weight, head.plain?.bias].contains(tensor.name)
    }
    func bytes(_ start: String) -> Int {
      SizeCheck.sum(
        entries.filter { tensor in head.prefix.map { tensor.name.hasPrefix($0 + start) } ?? true }.map(\.byteCount))
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
    prefix = head.prefix
    self.layout = layout
    self.clusters = clusters
    var types: [String] = []
    for name in entries.map(\.elementType.name) where !types.contains(name) { types.append(name) }
    dtype = types.joined(separator: ", ")
    parameters = SizeCheck.sum(layout.weightShapes.map { $0.shape.reduce(1, *) })
    self.bytes = SizeCheck.sum(entries.map(\.byteCount))
  }
}
