internal import TensorFiles

/// The words of the classes: class i is line i of a UTF-8 text.
public struct Vocabulary: Sendable {
  private let words: [String]
  /// A checksum of the text, by which a job that goes on knows it.
  let digest: String

  /// Reads a text of one word a line.
  ///
  /// - Throws: `ScoringError` (`missingInput`; `data` when there are fewer or more lines than classes, or one that is no
  ///   UTF-8).
  public init(path: String, classes: Int) throws(ScoringError) {
    let contents = try TextFile.contents(of: path)
    digest = contents.withUnsafeBytes { String(XXHash64.digest($0), radix: 16) }
    let lines = TextLines(contents)
    guard lines.count == classes else {
      throw ScoringError(
        .data,
        "\(path): expected \(classes) lines, one for each class, found \(lines.count); give the head's own vocabulary")
    }
    var words: [String] = []
    words.reserveCapacity(classes)
    for line in lines {
      guard let word = String(validating: line, as: UTF8.self) else {
        throw ScoringError(
          .data,
          "\(path): line \(words.count + 1): expected UTF-8, found '\(String(decoding: line.prefix(80), as: UTF8.self))'; "
            + "convert the text: iconv -t UTF-8 -f ITS-ENCODING")
      }
      words.append(word)
    }
    self.words = words
  }

  /// Reads the words of a job that writes them as text or not at all; nil for none.
  ///
  /// - Throws: `ScoringError`, as the initialiser; `usage` where no text is written.
  static func read(_ path: String?, for format: TextFormat?, classes: Int) throws(ScoringError) -> Vocabulary? {
    guard let path else { return nil }
    guard format != nil else {
      throw ScoringError(.usage, "expected an output of text for the words of a vocabulary, found arrays; write .tsv")
    }
    return try Vocabulary(path: path, classes: classes)
  }

  /// The word of a class.
  ///
  /// - Precondition: the class is one of those that the vocabulary was read for.
  public subscript(_ index: Int) -> String { words[index] }

  /// The word of a target; nil where it is no class, as an index to ignore may be.
  public func word(_ target: Int) -> String? { words.indices.contains(target) ? words[target] : nil }
}
