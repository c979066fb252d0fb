internal import TensorFiles

/// Everything that decides a job's results, as lines: a partial result belongs to a job whose lines are the same.
///
/// Inputs are known by size and contents, wherever they stand; a partial result is also particular about when they were
/// changed, since of large files a sample is compared.
struct JobIdentity: Sendable, Hashable {
  /// Raised when a release computes other bits than the one before.
  static let arithmetic = 6

  struct Line: Sendable, Hashable {
    let key: String
    /// The file of hidden states that the line is about; nil for the whole job.
    var item: Int?
    let value: String

    /// The time of an input's last change.
    var isTime: Bool { key.hasSuffix("-changed") }
  }

  private(set) var lines: [Line]

  init(_ lines: [Line] = []) { self.lines = lines }

  mutating func add(_ key: String, item: Int? = nil, _ value: String) {
    lines.append(Line(key: key, item: item, value: value))
  }

  /// Adds an input file.
  mutating func add(_ key: String, item: Int? = nil, file path: String, sampled: Bool) throws(ScoringError) {
    let identity = try fromFile { () throws(FileError) in try FileIdentity(path: path, sampled: sampled) }
    add(key, item: item, "\(identity.size) bytes \(String(identity.digest, radix: 16))")
    add("\(key)-changed", item: item, "\(identity.modified)")
  }

  /// The lines without those of items that are not begun: these may have been mended since.
  func first(_ items: Int) -> JobIdentity {
    JobIdentity(lines.filter { ($0.item ?? -1) < items })
  }

  /// What a part of one item's output is known by: without the other items, and without times, which copies do not
  /// keep.
  func part(of item: Int) -> JobIdentity {
    JobIdentity(
      lines.compactMap { line in
        guard !line.isTime, line.key != "items", line.key != "shard", line.item == nil || line.item == item else {
          return nil
        }
        return Line(key: line.key, value: line.value)
      })
  }

  /// The lines as they stand in journals and parts: `is hidden#0 1048704 bytes 7cc5a187cc3e48ec`.
  var text: [String] { lines.map { "is \($0.key)\($0.item.map { "#\($0)" } ?? "") \($0.value)" } }

  /// Takes one of its lines of `text`; false for anything else.
  mutating func take(line: some StringProtocol) -> Bool {
    let fields = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count == 3, fields[0] == "is" else { return false }
    let key = String(fields[1]).split(separator: "#" as Character, maxSplits: 1, omittingEmptySubsequences: false).map(
      String.init)
    guard let name = key.first, !name.isEmpty else { return false }
    let item = key.count == 2 ? Int(key[1]) : nil
    guard key.count == 1 || item ?? -1 >= 0 else { return false }
    add(name, item: item, String(fields[2]))
    return true
  }
}
