extension FileList {
  /// The targets of a file of hidden states in a folder: the file of the same name, or a text of the same stem.
  ///
  /// - Throws: `ScoringError` (`missingInput` where there is none; `usage` where there are several).
  static func targets(of hidden: String, in folder: String) throws(ScoringError) -> String {
    let names = [name(of: hidden)] + TargetText.extensions.map { stem(of: hidden) + $0 }
    // Targets may be beside the hidden states.
    let itself = OutputCheck.identity(of: hidden)
    let found = names.filter {
      exists(joined(folder, $0)) && (itself == nil || OutputCheck.identity(of: joined(folder, $0)) != itself)
    }
    guard let only = found.first else {
      throw ScoringError(
        .missingInput,
        "\(folder): expected the targets of \(hidden) as \(names.joined(separator: ", ")), found none of them; "
          + "name the files of targets in the hidden states' order")
    }
    guard found.count == 1 else {
      throw ScoringError(
        .usage,
        "\(folder): expected one file of targets for \(hidden), found \(found.joined(separator: " and ")); "
          + "name the files of targets in the hidden states' order")
    }
    return joined(folder, only)
  }
}
