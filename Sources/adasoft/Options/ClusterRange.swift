internal import AdaptiveSoftmax
internal import ArgumentParser

/// A range of numbers of tails as written on the command line: `A...B`, or `A` alone.
struct ClusterRange {
  let range: ClosedRange<Int>

  init(parsing argument: String) throws {
    let ends =
      argument.firstRange(of: "...").map { [argument[..<$0.lowerBound], argument[$0.upperBound...]] }
      ?? [argument[...]]
    let numbers = ends.compactMap { Int($0) }
    guard numbers.count == ends.count, let first = numbers.first, let last = numbers.last, 1 <= first, first <= last,
      last <= CutoffPlanner.mostClusters
    else {
      throw ValidationError(
        "expected A...B, or A alone, from 1 to at most \(CutoffPlanner.mostClusters) tails, such as 1...5")
    }
    range = first...last
  }
}
