/// Class ids in order of frequency and back.
///
/// An adaptive head wants its classes sorted, the most frequent first; vocabularies come in any order. With
///
///     let order = try ClassPermutation(sortingByFrequency: counts)
///     let sorted = try order.sorted(target)                   // ids of the head, for its targets
///     let words = try order.original(head.predict(hidden))    // ids of the vocabulary, for its answers
///
/// a head is trained and asked in its own ids, and everything outside keeps the vocabulary's. As an array, and in its file
/// (int64, [classes]), it is `originals`: the vocabulary's id at each place of the order.
public struct ClassPermutation: Sendable, Equatable {
  /// [classes]: the original id of each sorted id.
  public let originals: [Int]
  /// [classes]: the sorted id of each original id.
  public let ranks: [Int]

  /// The number of classes.
  public var count: Int { originals.count }
  /// Whether every class keeps its id.
  public var isIdentity: Bool { originals.indices.allSatisfy { originals[$0] == $0 } }

  /// Sorts classes by falling count; classes of equal counts stay in the order of their ids.
  ///
  /// - Throws: `SoftmaxError` (`argument`: a count that is negative or not finite).
  /// - Complexity: O(classes log classes).
  public init(sortingByFrequency counts: [Double]) throws(SoftmaxError) {
    try ClassFrequencies.check(counts)
    let order = counts.indices.sorted { counts[$0] == counts[$1] ? $0 < $1 : counts[$0] > counts[$1] }
    try self.init(originals: order)
  }

  /// The permutation whose sorted id i is the class `originals[i]`.
  ///
  /// - Throws: `SoftmaxError` (`argument`) unless every id of `0 ..< originals.count` occurs once.
  public init(originals: [Int]) throws(SoftmaxError) {
    var ranks = [Int](repeating: -1, count: originals.count)
    for (rank, id) in originals.enumerated() {
      guard ranks.indices.contains(id) else {
        throw SoftmaxError(
          .argument,
          "expected each class of 0..<\(originals.count) once in a permutation of \(originals.count) classes, found \(id) "
            + "at \(rank)")
      }
      guard ranks[id] < 0 else {
        throw SoftmaxError(
          .argument, "expected each class once in a permutation, found \(id) at \(ranks[id]) and at \(rank)")
      }
      ranks[id] = rank
    }
    self.originals = originals
    self.ranks = ranks
  }

  /// The sorted ids of original ids: targets for the head.
  ///
  /// - Parameter ignoreIndex: a value that stands for no class and stays as it is.
  /// - Throws: `SoftmaxError` (`target`: an id that is no class; `memory`).
  public func sorted<Index: IndexTensorScalar>(_ ids: Tensor<Index>, ignoreIndex: Int? = nil)
    throws(SoftmaxError) -> Tensor<Index>
  {
    try map(ids, by: ranks, ignoring: ignoreIndex)
  }

  /// The original ids of sorted ids: what the head predicted, for everybody else.
  ///
  /// - Parameter ignoreIndex: a value that stands for no class and stays as it is.
  /// - Throws: `SoftmaxError` (`target`: an id that is no class; `memory`).
  public func original<Index: IndexTensorScalar>(_ ids: Tensor<Index>, ignoreIndex: Int? = nil)
    throws(SoftmaxError) -> Tensor<Index>
  {
    try map(ids, by: originals, ignoring: ignoreIndex)
  }

  /// The rows of a tensor [classes, ...] in sorted order: row i is row `originals[i]` of `rows`.
  ///
  /// - Throws: `SoftmaxError` (`shape`: another number of rows; `memory`).
  public func sortedRows<Scalar>(_ rows: Tensor<Scalar>) throws(SoftmaxError) -> Tensor<Scalar> {
    try gather(rows, by: originals)
  }

  /// The rows of a sorted tensor [classes, ...] in the original order: the inverse of `sortedRows(_:)`.
  ///
  /// - Throws: `SoftmaxError` (`shape`: another number of rows; `memory`).
  public func originalRows<Scalar>(_ rows: Tensor<Scalar>) throws(SoftmaxError) -> Tensor<Scalar> {
    try gather(rows, by: ranks)
  }

  private func map<Index: IndexTensorScalar>(_ ids: Tensor<Index>, by table: [Int], ignoring ignoreIndex: Int?)
    throws(SoftmaxError) -> Tensor<Index>
  {
    try Tensor(shape: ids.shape) { (output) throws(SoftmaxError) in
      try ids.withUnsafeBufferPointer { (ids) throws(SoftmaxError) in
        for i in ids.indices {
          if let ignoreIndex, ids[i] == ignoreIndex {
            output.initializeElement(at: i, to: ids[i])
            continue
          }
          guard ids[i] >= 0, ids[i] < table.count, let id = Index(exactly: table[Int(ids[i])]) else {
            throw SoftmaxError(
              .target,
              "expected classes in 0..<\(table.count), whose ids \(Index.dtypeName) can hold, found \(ids[i]) at \(i)")
          }
          output.initializeElement(at: i, to: id)
        }
      }
    }
  }

  private func gather<Scalar>(_ rows: Tensor<Scalar>, by table: [Int]) throws(SoftmaxError) -> Tensor<Scalar> {
    guard rows.shape.first == count else {
      throw SoftmaxError(.shape, "expected a tensor of shape [\(count), ...], found \(rows.shape)")
    }
    let width = count == 0 ? 0 : rows.count / count
    return try Tensor(shape: rows.shape) { output in
      rows.withUnsafeBufferPointer { rows in
        for (to, from) in table.enumerated() {
          for k in 0..<width { output.initializeElement(at: to * width + k, to: rows[from * width + k]) }
        }
      }
    }
  }
}
