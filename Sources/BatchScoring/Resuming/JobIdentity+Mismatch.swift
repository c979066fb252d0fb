/// What differs between two jobs, and how to say it.
extension JobIdentity {
  /// A key on which two identities differ; nil stands for no line of it.
  struct Difference: Equatable {
    let key: String
    let item: Int?
    let mine: String?
    let theirs: String?

    /// Inputs, and what is no choice of whoever gave the command.
    private static let facts: Set = ["arithmetic", "job", "output", "items", "rows"]
    static let inputs: Set = ["head", "hidden", "target", "permutation"]

    var isTime: Bool { Line(key: key, value: "").isTime }
    /// Whether the command's options differ; an input that only one has is one of them.
    var isOption: Bool {
      Self.inputs.contains(key) ? mine == nil || theirs == nil : !isTime && !Self.facts.contains(key)
    }

    /// A side of it, as an option: `--k 5`, `--mrr` or `no --mrr`.
    func option(_ value: String?) -> String {
      switch value {
      case nil, "none", "no": "no --\(key)"
      case "yes": "--\(key)"
      case .some where key == JobIdentity.clusters: "--\(key)"
      case .some where Self.inputs.contains(key): "--\(key)"
      case let value?: "--\(key) \(value)"
      }
    }
  }

  /// The keys on which two identities differ, in the lines' order.
  func differences(from other: JobIdentity) -> [Difference] {
    let (mine, theirs) = (values, other.values)
    var seen: Set<Line> = []
    return (lines + other.lines).compactMap { line in
      let name = Line(key: line.key, item: line.item, value: "")
      guard seen.insert(name).inserted, mine[name] != theirs[name] else { return nil }
      return Difference(key: line.key, item: line.item, mine: mine[name], theirs: theirs[name])
    }
  }

  /// What the results of the other identity were begun with, which is expected, and what this one has instead; nil where
  /// they are the same.
  ///
  /// - Parameter file: the name of the input that a key and an item stand for.
  func mismatch(
    with other: JobIdentity, file: (String, Int?) -> String
  ) -> (expected: String, found: String)? {
    let all = differences(from: other)
    guard let first = all.first else { return lines == other.lines ? nil : ("the job that began", "another") }
    let options = all.filter(\.isOption)
    switch first.key {
    case "arithmetic": return ("results as this version computes them", "those of another version")
    case "job": return ("a \(first.theirs ?? "") job", "a \(first.mine ?? "") job")
    case _ where !options.isEmpty:
      return (
        "a job with \(options.map { $0.option($0.theirs) }.joined(separator: " and "))",
        "one with \(options.map { $0.option($0.mine) }.joined(separator: " and "))"
      )
    case "items": return ("a job over \(first.theirs ?? "") files", "one over \(first.mine ?? "")")
    case "output": return ("\(first.theirs ?? "") in the output", "\(first.mine ?? "")")
    case "rows":
      return ("the rows \(first.theirs ?? "") of \(file("hidden", first.item))", "the rows \(first.mine ?? "")")
    case let key where first.isTime:
      return ("\(file(String(key.dropLast(8)), first.item)) as the job began with it", "that it was changed since")
    case let key: return ("\(file(key, first.item)) as the job began with it", "another file")
    }
  }

  /// The lines of a part that those of the job's other items have too.
  var ofAllItems: JobIdentity { JobIdentity(lines.filter { !["hidden", "target", "rows"].contains($0.key) }) }

  /// The value of a key; nil for none.
  func value(_ key: String) -> String? { lines.first { $0.key == key }?.value }

  /// The values of each key, which stands for itself with an empty value.
  private var values: [Line: String] {
    Dictionary(lines.map { (Line(key: $0.key, item: $0.item, value: ""), $0.value) }) { "\($0), \($1)" }
  }
}

// MARK: - Bands

extension JobIdentity {
  /// The key of the bands of classes that a part tells of.
  static let clusters = "clusters"

  /// Where bands of classes end, as a value.
  static func text(_ cutoffs: [Int]) -> String { cutoffs.map(\.description).joined(separator: " ") }

  /// The cutoffs that a part tells of; none of most, and of those before there was such a line.
  var cutoffs: [Int] {
    let cutoffs = (value(Self.clusters) ?? "").split(separator: " ").map { Int($0) ?? 0 }
    return zip([0] + cutoffs, cutoffs).allSatisfy(<) ? cutoffs : []
  }
}
