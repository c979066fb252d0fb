internal import BatchScoring

/// What an output's name says of its contents: its extension, in either case.
///
/// A name without one says nothing, and so does what begins with no letter behind the last dot: `run-0.5`.
enum OutputName {
  /// Refuses a name that says something else than what is written.
  static func check(_ path: String, endsIn known: String...) throws(ScoringError) {
    try check(
      path, known, "expected a name that ends in \(list(known))", "choose such a name or one without an extension")
  }

  /// The format of one output of text or, for nil, of arrays, as its name and `--format` say; a folder's name says nothing
  /// that could be wrong.
  ///
  /// - Parameter arrays: the extension of one array; nil where the name is what those of several begin with.
  static func format(
    _ files: JobFiles, _ path: String, _ option: TextFormat?, arrays: String?
  ) throws(ScoringError) -> TextFormat? {
    let named = TextFormat(path: path)
    if files.isMany { return option ?? named }
    if let option {
      try check(
        path, [option.rawValue], "expected a name that ends in .\(option.rawValue), as --format says",
        "change one of them")
      return option
    }
    let known = [arrays].compactMap(\.self) + TextFormat.allCases.map(\.rawValue)
    let none = arrays == nil ? ", or has no extension for arrays" : ""
    try check(path, known, "expected a name that ends in \(list(known))\(none)", "choose one of them")
    return named
  }

  private static func check(
    _ path: String, _ known: [String], _ expectation: String, _ mend: String
  ) throws(ScoringError) {
    guard let found = fileExtension(of: path), !known.contains(found.lowercased()) else { return }
    throw ScoringError(.usage, "\(path): \(expectation), found .\(found); \(mend)")
  }

  private static func fileExtension(of path: String) -> Substring? {
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return nil }
    let text = name[name.index(after: dot)...]
    return text.first?.isLetter == true ? text : nil
  }

  private static func list(_ extensions: [String]) -> String {
    let names = extensions.map { ".\($0)" }
    return names.count < 2 ? names.joined() : names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1]
  }
}
