// How names and values that came from outside stand in a message.

extension String {
  /// The text with control characters and ends of lines escaped, fit for one line of a terminal; twice is as once.
  package var onOneLine: String {
    var line = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\n": line += "\\n"
      case "\t": line += "\\t"
      case "\r": line += "\\r"
      case _ where Self.isEscaped(scalar.properties.generalCategory):
        line += "\\u{\(String(scalar.value, radix: 16))}"
      default: line.unicodeScalars.append(scalar)
      }
    }
    return line
  }

  private static func isEscaped(_ category: Unicode.GeneralCategory) -> Bool {
    [.control, .format, .lineSeparator, .paragraphSeparator].contains(category)
  }

  /// The text on one line, cut after 80 characters.
  package var shortened: String {
    let short = unicodeScalars.prefix(81)
    guard short.count > 80 else { return onOneLine }
    return String(String.UnicodeScalarView(short.prefix(80))).onOneLine + "..."
  }

  /// The same in single quotes: how names found in a file are shown.
  package var quoted: String { "'\(shortened)'" }
}
