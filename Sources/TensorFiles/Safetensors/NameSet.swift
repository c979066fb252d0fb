internal import AdaptiveSoftmax

/// The names in a file: each once, and none that Swift takes for another.
///
/// Names that differ only in how their accents are composed are equal as Strings: who looks one up could get the other.
struct NameSet {
  private var names: Set<String> = []

  var count: Int { names.count }

  /// Adds a name; where it is taken, what was found, for an error.
  mutating func insert(_ name: String) -> String? {
    let (isNew, other) = names.insert(name)
    if isNew { return nil }
    let isSame = ExactString(other) == ExactString(name)
    return "\(name.quoted) again" + (isSame ? "" : ", differing only in how accents are written; rename one of the two")
  }
}
