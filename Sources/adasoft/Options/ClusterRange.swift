internal import ArgumentParser

/// A range of numbers of tails as written on the command line: `A...B`, or `A` alone.
struct ClusterRange: ExpressibleByArgument {
  let range: ClosedRange<Int>

  /// More tails than this have no use: the narrowest would be of width 0 long before.
  static let most = 16

  init?(argument: String) {
    let ends =
      argument.firstRange(of: "...").map { [argument[..<$0.lowerBound], argument[$0.upperBound...]] }
      ?? [argument[...]]
    let numbers = ends.compactMap { Int($0) }
    guard numbers.count == ends.count, let first = numbers.first, let last = numbers.last, 1 <= first, first <= last,
      last <= Self.most
    else { return nil }
    range = first...last
  }
}
