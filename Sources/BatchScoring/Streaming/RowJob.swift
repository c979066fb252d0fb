internal import AdaptiveSoftmax
internal import TensorFiles

/// What a job's rows go through, as far as its files are concerned.
struct ScoredHead: Sendable {
  let path: String
  let features: Int
  let classes: Int
  /// What makes it of the file's tensors; nil for an adaptive head.
  let plain: HeadSource.Plain?
  /// What stands before an adaptive head's names; nil for a plain head.
  let prefix: String?
  let storage: WeightStorage
  /// The order of its classes where files are in the original ids; nil where they are in the head's own.
  let order: ClassOrder?

  /// The head's id of a class of the files.
  func sorted(_ id: Int64) -> Int64 { order?.sorted(id) ?? id }
}

/// What a job does with targets.
enum TargetUse: Sendable, Equatable {
  /// It takes none.
  case none
  /// They must be given; each is a class or the ignored index.
  case required(ignoreIndex: Int64?)
  /// They may be given; each is a class or the ignored index.
  case optional(ignoreIndex: Int64?)
}

/// A job over rows: files in, arrays out, and everything that decides what is in them.
///
///     let job = try RowJob(
///       "top-k", head: file.scored, files: files, outputs: [...], options: [("k", "10")], settings: settings)
///     let outcome = try job.run(progress: progress) { (batch, results) throws(ScoringError) in
///       ...                                          // results.outputs[0].int64 from batch.hidden; results.tally
///     }
///
/// `init` checks everything that can be checked beforehand, `run` streams the rows: reads ahead, writes behind, records
/// what is done, goes on where an earlier run was ended. A row's results must depend on nothing but its contents, its
/// number in its file, the head and the options.
struct RowJob: Sendable {
  let name: String
  let head: ScoredHead
  let files: JobFiles
  let sources: [RowSource]
  /// The rows of all files.
  let rowCount: Int
  /// What `run` computes.
  let outputs: [OutputDescription]
  let settings: JobSettings
  /// nil for a job without outputs.
  let identity: JobIdentity?
  /// Where the job begins.
  let start: Journal?

  /// Opens and checks the files.
  ///
  /// - Parameters:
  ///   - rows: the rows of each file to do; nil for all.
  ///   - outputs: what is written if the files have an output.
  ///   - options: what decides the results beside the files, by name.
  ///   - readable: further inputs, which the outputs must not replace.
  /// - Throws: `ScoringError` (`usage`: settings, names or rows that contradict each other or the files, targets that
  ///   are missing; `missingInput`; `data`: files that do not fit the head or each other, a journal or part of another
  ///   job; `cannotCreate`, `outputExists`, `outputBusy`; `unfinished`: results of an earlier run, neither to be
  ///   resumed nor overwritten; `inputOutput`).
  init(
    _ name: String, head: ScoredHead, files: JobFiles, targets: TargetUse = .none, rows: Range<Int>? = nil,
    outputs: [OutputDescription], options: [(name: String, value: String)] = [], readable: [String] = [],
    settings: JobSettings
  ) throws(ScoringError) {
    self.name = name
    self.head = head
    self.files = files
    self.outputs = outputs
    self.settings = settings
    try settings.check()
    guard files.output != nil || (settings.shard == nil && !settings.resume) else {
      throw ScoringError(
        .usage, "expected an output for a job that is cut into parts or resumed, found none; name the file to write")
    }
    if let column = files.targetColumn, column < 1 {
      throw ScoringError(.usage, "expected a column of targets from 1 on, found \(column)")
    }
    let inputs =
      [head.path] + [head.order?.path, files.manifest].compactMap(\.self) + readable
      + files.items.flatMap { [$0.hidden, $0.target].compactMap(\.self) }
    try Self.checkNames(name, files: files, outputs: outputs, inputs: inputs, shard: settings.shard)
    let start = try JobStart(files: files, outputs: files.output == nil ? [] : outputs, name: name, settings: settings)
    try start.checkOutputs(inputs: inputs)
    var sources: [RowSource] = []
    for item in files.items {
      let source = try RowSource(
        item, of: files, head: head, targets: targets, rows: rows, shard: settings.shard)
      sources.append(files.items.count > RowSource.mostOpen ? source.closed : source)
    }
    self.sources = sources
    let rowCount = sources.reduce(0) { $0 + $1.rows.count }
    self.rowCount = rowCount
    if let output = outputs.first(where: { !$0.hasRoom(rows: rowCount) }) {
      throw ScoringError(
        .usage,
        "\(name): expected results whose bytes an Int can count, found \(rowCount) rows of \(output.rowShape); "
          + "ask for fewer")
    }
    for notice in [head.order?.notice].compactMap(\.self) + sources.flatMap(\.notices) { settings.notice?(notice) }
    guard files.output != nil else {
      (identity, self.start) = (nil, nil)
      return
    }
    var identity = JobIdentity()
    identity.add("arithmetic", "\(JobIdentity.arithmetic)")
    identity.add("job", name)
    for option in options { identity.add(option.name, option.value) }
    for output in outputs {
      identity.add("output", "\(output.suffix.isEmpty ? "" : output.suffix + " ")\(output.name)")
    }
    if let shard = settings.shard { identity.add("shard", shard.description) }
    try identity.add("head", file: head.path, sampled: false)
    if let prefix = head.prefix { identity.add("prefix", prefix) }
    for option in head.plain?.options ?? [] { identity.add(option.name, option.value) }
    identity.add("weights", head.storage.rawValue)
    if let order = head.order { try identity.add("permutation", file: order.path, sampled: false) }
    if let column = files.targetColumn { identity.add("target-column", "\(column)") }
    identity.add("items", "\(sources.count)")
    for (i, source) in sources.enumerated() {
      try identity.add("hidden", item: i, file: source.item.hidden, sampled: true)
      if let target = source.item.target { try identity.add("target", item: i, file: target, sampled: false) }
      identity.add("rows", item: i, "\(source.selection.lowerBound)..<\(source.selection.upperBound)")
    }
    self.identity = identity
    self.start = try start.journal(identity: identity, head: head, sources: sources)
  }

  /// What is written of it: all, or nothing when no output was given.
  var written: [OutputDescription] { files.output == nil ? [] : outputs }

  /// The rows that are computed at once.
  var batchRows: Int {
    settings.scoringRows(rowBytes: 4 * head.features + outputs.reduce(0) { $0 + $1.rowBytes })
  }
}
