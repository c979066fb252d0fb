internal import AdaptiveSoftmax

/// The order of a head's classes, from a file: the head has its own ids, targets and outputs have the original ones.
///
/// What is no class, such as an ignored index or the mark of a row that failed, stays as it is.
struct ClassOrder: Sendable {
  let path: String
  /// What is odd about the file and does no harm; nil for nothing.
  let notice: String?
  private let permutation: ClassPermutation

  /// Reads the file.
  ///
  /// - Throws: `ScoringError` (`missingInput`; `data` unless it is a permutation of so many classes; `inputOutput`).
  init(path: String, classes: Int) throws(ScoringError) {
    self.path = path
    (permutation, notice) = try PermutationFile.readNoting(path, classes: classes)
  }

  /// The head's id of an original one.
  func sorted(_ id: Int64) -> Int64 { Self.map(id, by: permutation.ranks) }

  /// Replaces original ids by the head's.
  func sort(_ ids: inout Tensor<Int64>) { Self.map(&ids, by: permutation.ranks) }

  /// Replaces the head's ids by the original ones.
  func restore(_ ids: inout Tensor<Int64>) { Self.map(&ids, by: permutation.originals) }

  /// Moves the columns of [rows, classes] from the places of the head's ids to those of the original ones.
  func restoreColumns(_ scores: inout Tensor<Float>) {
    let (ranks, count) = (permutation.ranks, permutation.count)
    var row = [Float](repeating: 0, count: count)
    scores.withUnsafeMutableBufferPointer { scores in
      for start in stride(from: 0, to: scores.count, by: count) {
        for i in 0..<count { row[i] = scores[start + i] }
        for i in 0..<count { scores[start + i] = row[ranks[i]] }
      }
    }
  }

  private static func map(_ id: Int64, by table: [Int]) -> Int64 {
    table.indices.contains(Int(id)) ? Int64(table[Int(id)]) : id
  }

  private static func map(_ ids: inout Tensor<Int64>, by table: [Int]) {
    ids.withUnsafeMutableBufferPointer { ids in
      for i in ids.indices { ids[i] = map(ids[i], by: table) }
    }
  }
}
