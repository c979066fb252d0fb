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
  /// - Throws: `ScoringError` (`missingInput`; `data`).
  public init(path: String) throws(ScoringError) { try self.init(HeadSource(path: path)) }

  /// Reads the header of the head's file; a plain head is one cluster, of all classes.
  ///
  /// - Throws: `ScoringError` (`missingInput`; `data`).
  public init(_ source: HeadSource) throws(ScoringError) {
    let head = try HeadFile(source)
    let weights = FileWeights(head.file).weights
    let prefix = try about(source.path) { () throws(SoftmaxError) in
      let given = source.plain == nil ? source.prefix : ""
      return if let given { given } else { try AdaptiveHeadLayout.prefix(in: weights) }
    }
    let layout = head.layout
    let entries = head.file.tensors.filter { tensor in
      source.plain.map { [$0.weight, $0.bias].contains(tensor.name) } ?? tensor.name.hasPrefix(prefix)
    }
    func bytes(_ start: String) -> Int {
      TensorDescription.byteCount(
        of: entries.filter { source.plain != nil || $0.name.hasPrefix(prefix + start) })
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
    parameters = Self.total(layout.weightShapes.map { $0.shape.reduce(1, *) })
    self.bytes = TensorDescription.byteCount(of: entries)
  }

  /// The sum, or Int.max.
  private static func total(_ parts: [Int]) -> Int {
    parts.reduce(0) { sum, part in
      let (next, overflow) = sum.addingReportingOverflow(part)
      return overflow ? .max : next
    }
  }
}
