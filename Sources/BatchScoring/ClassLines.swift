internal import AdaptiveSoftmax
internal import TensorFiles

/// How classes are written for readers of text: one line for each row, or for each class of a row.
public enum TextFormat: String, Sendable, CaseIterable {
  /// A line for each class: the row, the place, the class, its log-probability (not for draws) and, with a vocabulary, its
  /// word, between tabs. In words, backslashes, tabs and carriage returns are written `\\`, `\t` and `\r`.
  case tsv
  /// A line for each row: `{"row": 0, "ids": [...], "logprobs": [...], "words": [...]}`, without what there is not.
  case jsonl

  /// The format that a file's name asks for by its extension, in either case.
  public init?(path: String) {
    let path = path.lowercased()
    guard let format = Self.allCases.first(where: { path.hasSuffix(".\($0.rawValue)") }) else { return nil }
    self = format
  }
}

/// Appends rows of classes as lines of text.
struct ClassLines {
  let format: TextFormat
  let vocabulary: Vocabulary?

  /// Appends one row.
  func append(
    _ ids: ArraySlice<Int64>, _ logProbs: ArraySlice<Float>? = nil, row: Int, to text: inout [UInt8]
  ) {
    let words = vocabulary.map { vocabulary in ids.map { vocabulary[Int($0)] } }
    switch format {
    case .tsv:
      for (place, id) in ids.enumerated() {
        text += "\(row)\t\(place + 1)\t\(id)".utf8
        if let logProbs { text += "\t\(logProbs[logProbs.startIndex + place])".utf8 }
        if let words { text += "\t\(Self.escaped(words[place]))".utf8 }
        text.append(UInt8(ascii: "\n"))
      }
    case .jsonl:
      let ids = ids.map(\.description).joined(separator: ", ")
      text += "{\"row\": \(row), \"ids\": [\(ids)]".utf8
      if let logProbs {
        let numbers = logProbs.map { $0.isFinite ? "\($0)" : "null" }.joined(separator: ", ")
        text += ", \"logprobs\": [\(numbers)]".utf8
      }
      if let words { text += ", \"words\": [\(words.map(\.asJSON).joined(separator: ", "))]".utf8 }
      text += "}\n".utf8
    }
  }

  private static func escaped(_ word: String) -> String {
    word.unicodeScalars.reduce(into: "") { text, scalar in
      switch scalar {
      case "\\": text += "\\\\"
      case "\t": text += "\\t"
      case "\r": text += "\\r"
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}
