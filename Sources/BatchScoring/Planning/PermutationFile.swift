public import AdaptiveSoftmax
internal import TensorFiles

/// A `ClassPermutation` as a .npy array, int64, [classes]: the original id of each sorted class.
public enum PermutationFile {
  /// Reads a permutation of `classes` classes.
  ///
  /// - Throws: `ScoringError` (`missingInput`; `data`: an array of another type or shape, an id that is missing or
  ///   twice; `inputOutput`).
  public static func read(_ path: String, classes: Int) throws(ScoringError) -> ClassPermutation {
    try readNoting(path, classes: classes).permutation
  }

  /// The same, with what is odd about the file and does no harm.
  static func readNoting(
    _ path: String, classes: Int
  ) throws(ScoringError) -> (permutation: ClassPermutation, notice: String?) {
    let reader = try fromFile { () throws(FileError) in try NPYReader(path: path) }
    guard reader.elementType.isInteger, reader.elementType != .bool, reader.shape == [classes] else {
      throw ScoringError(
        .data,
        "\(path): expected a permutation of the head's classes, integers of shape [\(classes)], found "
          + "\(reader.elementType.name) of shape \(reader.shape); give the permutation the head was trained with")
    }
    let ids = try fromFile { () throws(FileError) in try reader.read(Int64.self) }
    do throws(SoftmaxError) {
      return (try ClassPermutation(originals: ids.scalars.map(Int.init)), reader.trailingNotice)
    } catch {
      throw ScoringError(.data, "\(path): \(error.description)")
    }
  }

  /// Writes a permutation; the file appears when it is whole.
  ///
  /// - Throws: `ScoringError` (`outputExists`, `cannotCreate`, `inputOutput`).
  public static func write(_ permutation: ClassPermutation, to path: String, overwrite: Bool) throws(ScoringError) {
    try fromFile { () throws(FileError) in
      var file = try AtomicFile(path: path, overwrite: overwrite)
      try file.append(bytes(permutation, path: path))
      try file.commit()
    }
  }

  /// What `write` writes.
  static func bytes(_ permutation: ClassPermutation, path: String) throws(FileError) -> [UInt8] {
    let ids = permutation.originals.map { Int64($0) }
    return try NPYWriter.header(shape: [ids.count], elementType: .int64, path: path)
      + ids.withUnsafeBytes { Array($0) }
  }
}
