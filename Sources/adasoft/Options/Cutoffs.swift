internal import ArgumentParser

/// Cutoffs as written on the command line: `20000,40000,200000`.
struct Cutoffs: ExpressibleByArgument {
  let values: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    values = parts.compactMap { Int($0) }
    guard values.count == parts.count else { return nil }
  }
}
