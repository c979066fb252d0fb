internal import TensorFiles

/// The words of the classes: class i is line i of a UTF-8 text.
public struct Vocabulary: Sendable {
  private let words: [String]
  /// A checksum of the text, by which a job that goes on knows it.
  let digest: String

  /// Reads a text of one word a line.
  ///
  /// - Throws: `ScoringError` (`missingInput`; `data` when there are fewer or more lines than classes).
  public init(path: String, classes: Int) throws(ScoringError) {
    let contents = try TextFile.contents(of: path)
    digest = contents.withUnsafeBytes { String(XXHash64.digest($0), radix: 16) }
    let lines = TextFile.lines(in: contents)
    guard lines.count == classes else {
      throw ScoringError(
        .data,
        "\(path): expected \(classes) lines, one for each class, found \(lines.count); give the head's own vocabulary")
    }
    words = lines.map { String(decoding: $0, as: UTF8.self) }
  }

  /// The word of a class.
  ///
  /// - Precondition: the class is one of those that the vocabulary was read for.
  public subscript(_ index: Int) -> String { words[index] }

  /// The word of a target; nil where it is no class, as an index to ignore may be.
  public func word(_ target: Int) -> String? { words.indices.contains(target) ? words[target] : nil }
}
