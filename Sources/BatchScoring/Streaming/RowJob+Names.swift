internal import TensorFiles

extension RowJob {
  /// Refuses names of outputs that no file can have, that are one another's, or beside which an input stands where rows and
  /// the journal are kept while the job runs.
  ///
  /// Whether a name is free is for `JobStart` to say, which knows what an earlier run left.
  static func checkNames(
    _ job: String, files: JobFiles, outputs: [OutputDescription], inputs: [String], shard: Shard?
  ) throws(ScoringError) {
    guard let output = files.output else { return }
    try OutputCheck.checkIsFile(output)
    if !files.isMany, outputs.allSatisfy({ !$0.suffix.isEmpty }) { try OutputCheck.checkBeginning(output) }
    let paths = files.items.indices.flatMap { item in
      outputs.compactMap { files.path(of: item, $0, shard: shard) }
    }
    try OutputCheck.checkDistinct(paths)
    let journals = files.journal(of: job, shard: shard).map { [$0, $0 + ".new"] } ?? []
    // In a folder the journal of one file is named after the file.
    let named = files.isMany ? files.items[0].hidden : output
    for path in journals.prefix(1) {
      try OutputCheck.checkLength(path, with: files.isMany ? ".lock" : ".new", beside: named)
    }
    for path in paths { try OutputCheck.checkLength(path, beside: path) }
    let taken = OutputCheck(inputs: inputs)
    for path in journals + paths.map(PartialFile.partialPath) {
      guard let input = taken.input(at: path) else { continue }
      throw ScoringError(
        .usage,
        "\(path): expected a name of the job's own while it runs, found the input \(input); choose another output")
    }
  }
}
