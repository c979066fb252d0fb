internal import TensorFiles

/// Joins the parts that the shards of a job wrote, to the bytes that the job would have written in one piece.
public struct MergeJob: Sendable {
  /// The outcome of a job.
  public struct Result: Sendable, Equatable {
    /// The subcommand that wrote the parts, such as `score`.
    public var job: String { identity.value("job") ?? "" }
    /// The rows of the output.
    public let rows: Int
    /// The parts that were joined.
    public let parts: Int
    /// What was counted over all parts: the same as in one piece.
    public let tally: Tally
    /// The bands of a score job that was asked for them; none of another.
    public var clusters: [ScoreJob.Cluster] { ScoreJob.Cluster.all(identity.cutoffs, tally) }
    /// Rows whose target is the ignored index; nil for a job without one.
    public var rowsIgnored: Int? {
      guard identity.value("ignore-index") ?? "none" != "none" else { return nil }
      return (tally.counts["scored"] ?? tally.counts["ranked"]).map { rows - $0 } ?? tally.count("ignored")
    }
    /// What tells the outputs of one item from each other, and from those of other items.
    private let identity: JobIdentity
    private let output: String

    fileprivate init(_ parts: [PartReader], tally: Tally) {
      let first = parts[0].footer
      identity = first.identity
      output = first.output
      rows = first.selection.count
      self.parts = parts.count
      self.tally = tally
    }

    /// The same over several outputs of one job; an item whose job writes two for each counts once.
    public init(joining results: [Result]) {
      var results = results
      let parts = results.reduce(0) { $0 + $1.parts }
      // Items of the same contents have one identity: as many as the most frequent of its outputs.
      results = Dictionary(grouping: results, by: \.identity).values.flatMap { items in
        Dictionary(grouping: items, by: \.output).values.max { $0.count < $1.count } ?? []
      }
      rows = results.reduce(0) { $0.addingClamped($1.rows) }
      self.parts = parts
      tally = results.reduce(into: Tally()) { $0.add($1.tally) }
      identity = results.first?.identity.ofAllItems ?? JobIdentity()
      output = ""
    }
  }

  /// What a name of the output may end in: `npy`, or the format of its lines.
  public var fileExtension: String {
    parts[0].array == nil ? parts[0].footer.identity.value("format") ?? "" : "npy"
  }

  private let parts: [PartReader]
  private let output: String
  private let settings: JobSettings

  /// Opens the parts, in any order, and checks that they are all parts of one output.
  ///
  /// - Throws: `ScoringError` (`data` when a part is missing, twice there, damaged, or of another job; `missingInput`;
  ///   `usage`: no parts, an output that is `-` or a part; `cannotCreate`, `outputExists`, `outputBusy`; `inputOutput`).
  public init(parts paths: [String], output: String, settings: JobSettings = JobSettings()) throws(ScoringError) {
    try OutputCheck.check(output, overwrite: settings.overwrite, inputs: paths)
    var parts: [PartReader] = []
    for path in paths { parts.append(try PartReader(path)) }
    parts.sort { $0.footer.shard.index < $1.footer.shard.index }
    guard let first = parts.first else {
      throw ScoringError(.usage, "expected the parts of an output, found none; name their files")
    }
    for part in parts.dropFirst() { try part.check(against: first) }
    for (part, next) in zip(parts, parts.dropFirst()) where part.footer.shard == next.footer.shard {
      throw ScoringError(
        .data,
        "\(next.path): expected each part once, found part \(part.footer.shard.index) in \(part.path) too; leave one out, "
          + "or give a folder for the parts of several outputs: -o FOLDER/"
      )
    }
    let count = first.footer.shard.count
    let missing = Set(1...count).subtracting(parts.map(\.footer.shard.index)).sorted()
    guard missing.isEmpty else {
      let names = missing.prefix(10).map(\.description).joined(separator: ", ") + (missing.count > 10 ? ", ..." : "")
      throw ScoringError(
        .data,
        "\(first.path): expected all \(count) parts of its output, found \(parts.count); \(missing.count == 1 ? "part" : "parts") \(names) missing"
      )
    }
    self.parts = parts
    self.output = output
    self.settings = settings
  }

  /// The parts of several outputs by the output's name: `0.npy` for `scores/0.npy.1-of-4.part`.
  ///
  /// - Throws: `ScoringError` (`usage`: a name that is not a part's).
  public static func grouped(_ paths: [String]) throws(ScoringError) -> [(name: String, parts: [String])] {
    var groups: [(name: String, parts: [String])] = []
    for path in paths {
      let words = FileList.name(of: path).split(separator: ".", omittingEmptySubsequences: false)
      guard words.count > 2, words.last == "part" else {
        throw ScoringError(
          .usage, "\(path): expected a part's name, such as OUT.npy.1-of-4.part, found another; keep the names of parts"
        )
      }
      let name = words.dropLast(2).joined(separator: ".")
      if let i = groups.firstIndex(where: { $0.name == name }) {
        groups[i].parts.append(path)
      } else {
        groups.append((name, [path]))
      }
    }
    return groups
  }

  /// Checks that several outputs are of one job, whose figures can be told together.
  ///
  /// - Throws: `ScoringError` (`data`).
  public static func checkAlike(_ jobs: [MergeJob]) throws(ScoringError) {
    guard let first = jobs.first?.parts[0] else { return }
    for job in jobs.dropFirst() { try job.parts[0].check(ofJob: first) }
  }

  /// Writes the output; it appears when it is whole, and every part was what its footer says.
  ///
  /// - Throws: `ScoringError` (`data` when a part is damaged; `inputOutput`; where files changed since `init`, also
  ///   `missingInput`, `cannotCreate` and `outputExists`; what `progress` throws).
  public func run(progress: ProgressCallback = { _ in }) throws(ScoringError) -> Result {
    let rows = parts[0].footer.selection.count
    var state = JobProgress(rowsDone: 0, rowsTotal: rows)
    try progress(state)
    var file = try fromFile { () throws(FileError) in try AtomicFile(path: output, overwrite: settings.overwrite) }
    var expected: Int?
    if let array = parts[0].array {
      let shape = [rows] + array.rowShape
      let header = try fromFile { () throws(FileError) in
        try NPYWriter.header(shape: shape, elementType: array.elementType, path: output)
      }
      expected = header.count + shape.reduce(array.elementType.size, *)
      try fromFile { () throws(FileError) in try file.append(header) }
    }
    for part in parts {
      var pieces = try PartReader.Pieces(part)
      while let bytes = try pieces.next() {
        try fromFile { () throws(FileError) in try file.append(bytes) }
        try progress(state)
      }
      state.rowsDone += part.footer.rows.count
      try progress(state)
    }
    guard state.rowsDone == rows, expected == nil || expected == file.count else {
      throw ScoringError(
        .data, "\(output): expected \(rows) rows, found \(state.rowsDone) in its parts; write them again")
    }
    let result = Result(parts, tally: parts.reduce(into: Tally()) { $0.add($1.footer.tally) })
    do throws(FileError) { try file.commit() } catch { throw ScoringError(error) }
    return result
  }
}
