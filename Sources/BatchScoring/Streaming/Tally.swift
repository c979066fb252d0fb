/// What a job counts and sums over its rows.
///
/// Tallies of parts add up to the tally of the whole, exactly and in any order: the figures of a job that was cut into
/// batches, shards or runs are those of one that was not.
public struct Tally: Sendable, Equatable {
  /// Numbers of things, by name.
  public var counts: [String: Int] = [:]
  /// Sums of measurements, by name.
  public var sums: [String: ExactSum] = [:]

  /// Nothing counted, nothing summed.
  public init() {}

  /// Adds another tally, name by name; a count beyond Int stays at the largest.
  public mutating func add(_ other: Tally) {
    counts.merge(other.counts) { $0.addingClamped($1) }
    sums.merge(other.sums) { $0.adding($1) }
  }

  /// A count; 0 when nothing was counted.
  public func count(_ name: String) -> Int { counts[name] ?? 0 }

  /// A sum; 0 when nothing was added.
  public func sum(_ name: String) -> Double { sums[name]?.value ?? 0 }
}

extension Int {
  /// The sum of numbers that are not negative; at most the largest.
  func addingClamped(_ other: Int) -> Int {
    let (sum, isBeyond) = addingReportingOverflow(other)
    return isBeyond ? .max : sum
  }
}

extension Tally {
  /// What is counted in tiles, of which a row has many, begins with this.
  static let tiles = "tiles-"

  /// Whether so many rows can have been counted.
  func isPossible(rows: Int) -> Bool {
    counts.allSatisfy { $0.value >= 0 && ($0.value <= rows || $0.key.hasPrefix(Self.tiles)) }
  }

  /// Lines such as `count scored 4096`, sorted by name.
  var lines: [String] {
    counts.sorted { $0.key < $1.key }.map { "count \($0.key) \($0.value)" }
      + sums.sorted { $0.key < $1.key }.map { "sum \($0.key) \($0.value.text)" }
  }

  /// Takes one of its `lines`; false for anything else.
  mutating func take(line: some StringProtocol) -> Bool {
    let fields = line.split(separator: " ")
    guard fields.count == 3 else { return false }
    switch fields[0] {
    case "count":
      guard let count = Int(fields[2]) else { return false }
      counts[String(fields[1])] = count
    case "sum":
      guard let sum = ExactSum(text: fields[2]) else { return false }
      sums[String(fields[1])] = sum
    default: return false
    }
    return true
  }
}
