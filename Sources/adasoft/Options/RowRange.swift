internal import ArgumentParser

/// A range of rows as written on the command line: `A:B`, as in Python, or `A..<B`, which a shell needs quoted.
struct RowRange {
  let range: Range<Int>

  init(parsing argument: String) throws {
    guard let sign = argument.firstRange(of: ":") ?? argument.firstRange(of: "..<"),
      let first = Int(argument[..<sign.lowerBound]), let end = Int(argument[sign.upperBound...]),
      0 <= first, first <= end
    else {
      throw ValidationError("expected A:B, rows from A up to but not including B, with 0 <= A <= B, such as 0:100")
    }
    range = first..<end
  }
}
