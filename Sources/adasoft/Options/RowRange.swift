internal import ArgumentParser

/// A range of rows as written on the command line: `A..<B`.
struct RowRange: ExpressibleByArgument {
  let range: Range<Int>

  init?(argument: String) {
    guard let dots = argument.firstRange(of: "..<"),
      let first = Int(argument[..<dots.lowerBound]), let end = Int(argument[dots.upperBound...]),
      0 <= first, first <= end
    else { return nil }
    range = first..<end
  }
}
