#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

extension FileList {
  /// The targets of a file of hidden states in a folder: the file of the same name, or a text of the same stem.
  ///
  /// - Throws: `ScoringError` (`missingInput` where there is none; `usage` where there are several).
  static func targets(of hidden: String, in folder: String) throws(ScoringError) -> String {
    let names = [name(of: hidden)] + TargetText.extensions.map { stem(of: hidden) + $0 }
    let found = names.filter { exists(joined(folder, $0)) && !isSame(joined(folder, $0), hidden) }
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

  /// Whether two names stand for one file, as where targets are beside the hidden states.
  private static func isSame(_ a: String, _ b: String) -> Bool {
    var (first, second) = (stat(), stat())
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev
      && first.st_ino == second.st_ino
  }
}
