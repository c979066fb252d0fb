internal import ArgumentParser

/// Which column of a file the targets are.
struct TargetColumn: ParsableArguments {
  @Option(
    name: .customLong("target-column"), parsing: .unconditional,
    help: """
      Which column of --target's files is the targets, from 1: of a .npy array [rows, columns], or of lines with tabs \
      (.tsv, .txt) or commas (.csv). (default: files of targets alone)
      """)
  var number: Int?

  func validate() throws {
    if let number, number < 1 { throw ValidationError("--target-column: expected a column from 1, found \(number)") }
  }
}
