internal import ArgumentParser

/// The targets, and which column of their files they are.
struct TargetOptions: ParsableArguments {
  @Option(
    name: .customLong("target"), parsing: .upToNextOption,
    help: """
      The targets: a .npy array of integers, [rows], or a class id a line (.txt, .tsv, .csv); for several hidden states \
      as many, or a folder of files of the same names or, as text, stems.
      """)
  var paths: [String] = []

  @Option(
    name: .customLong("target-column"), parsing: .unconditional,
    help: """
      Which column of --target's files is the targets, from 1: of a .npy array [rows, columns], or of lines with tabs \
      (.tsv, .txt) or commas (.csv). (default: files of targets alone)
      """)
  var column: Int?

  func validate() throws {
    if let column, column < 1 { throw ValidationError("--target-column: expected a column from 1, found \(column)") }
  }

  /// Refuses to do without targets.
  func check(beside files: HeadOptions) throws {
    guard !paths.isEmpty || files.manifest != nil else {
      throw ValidationError("Missing expected argument '--target <target>'")
    }
  }

  /// Refuses what is no number of best classes to look for targets among.
  static func check(recall: [Int]) throws {
    guard recall.allSatisfy({ $0 >= 1 }) else {
      throw ValidationError("--recall: expected numbers from 1, found \(recall.min() ?? 0)")
    }
  }
}
