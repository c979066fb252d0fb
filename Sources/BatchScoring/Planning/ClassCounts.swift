internal import AdaptiveSoftmax
internal import TensorFiles

/// How often each class occurs, by class id.
///
/// Read from a text with a line for each class, `id<TAB>count`, `word<TAB>count` or `count` alone, or from a .npy array.
public struct ClassCounts: Sendable, Equatable {
  /// What stands before the tab of each line.
  public enum FirstColumn: String, Sendable, CaseIterable {
    /// The class's id; a class without a line has count 0.
    case ids
    /// Its word, which may be a number too: line i is class i.
    case words
  }

  /// [classes]: the count of each class.
  public let counts: [Double]
  /// A line about what is odd about the file and does no harm; nil for nothing.
  public let notice: String?
  /// Whether no class is more frequent than one before it.
  public var isSorted: Bool { zip(counts, counts.dropFirst()).allSatisfy { $0 >= $1 } }

  /// Reads the counts; `-` is standard input.
  ///
  /// Lines of counts alone are classes 0, 1, 2, ...
  ///
  /// - Parameter firstColumn: what stands before the tabs; nil for ids where the first line has a whole number there, words
  ///   where it has none, and then each line must be as the first is: an id that is damaged is never taken for a word, which
  ///   would put every class elsewhere.
  /// - Throws: `ScoringError` (`missingInput`; `data`: a line without a count, or with a first column unlike the first
  ///   line's, a count that is negative, an id twice, no class that occurs, fewer than 2 classes; `inputOutput`).
  public init(path: String, firstColumn: FirstColumn? = nil) throws(ScoringError) {
    if path.lowercased().hasSuffix(".npy") {
      (counts, notice) = try Self.array(path)
    } else {
      (counts, notice) = (try CountLines(path: path, firstColumn: firstColumn).counts(), nil)
    }
    if let wrong = counts.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw ScoringError(
        .data, "\(path): row \(wrong): expected a count that is finite and not negative, found \(counts[wrong])")
    }
    guard counts.count >= 2, counts.contains(where: { $0 > 0 }) else {
      throw ScoringError(
        .data,
        "\(path): expected counts of at least 2 classes, one of them above 0, found \(counts.count) classes with "
          + "\(counts.count { $0 > 0 }) above 0")
    }
  }

  /// The counts of the `classes` most frequent classes, sorted.
  ///
  /// - Throws: `ScoringError` (`usage`) when there are not as many, or less than 2 are asked for.
  func mostFrequent(_ classes: Int?, path: String) throws(ScoringError) -> [Double] {
    let sorted = counts.sorted(by: >)
    guard let classes else { return sorted }
    guard classes >= 2 else { throw ScoringError(.usage, "expected at least 2 classes to plan for, found \(classes)") }
    guard classes <= sorted.count else {
      throw ScoringError(.usage, "\(path): expected at least \(classes) classes, found \(sorted.count); ask for fewer")
    }
    return Array(sorted.prefix(classes))
  }

  private static func array(_ path: String) throws(ScoringError) -> (counts: [Double], notice: String?) {
    let reader = try fromFile { () throws(FileError) in try NPYReader(path: path) }
    guard reader.shape.count == 1, reader.elementType != .bool else {
      throw ScoringError(
        .data,
        "\(path): expected counts of shape [classes], found \(reader.elementType.name) of shape \(reader.shape)")
    }
    if reader.elementType.isInteger {
      let counts = try fromFile { () throws(FileError) in try reader.read(Int64.self) }
      return (counts.scalars.map(Double.init), reader.trailingNotice)
    }
    let counts = try fromFile { () throws(FileError) in try reader.read(Double.self) }
    return (counts.scalars, reader.trailingNotice)
  }
}
