internal import TensorFiles

/// Joins the parts that the shards of a job wrote, to the bytes that the job would have written in one piece.
public struct MergeJob {
  /// The outcome of a job.
  public struct Result: Sendable, Equatable {
    /// The subcommand that wrote the parts, such as `score`.
    public let job: String
    public let rows: Int
    public let parts: Int
    /// What was counted over all parts: the same as in one piece.
    public let tally: Tally

    init(job: String, rows: Int, parts: Int, tally: Tally) {
      (self.job, self.rows, self.parts, self.tally) = (job, rows, parts, tally)
    }

    /// The same over several outputs.
    public init(joining results: [Result]) {
      self.init(
        job: results.first?.job ?? "", rows: results.reduce(0) { $0 + $1.rows },
        parts: results.reduce(0) { $0 + $1.parts }, tally: results.reduce(into: Tally()) { $0.add($1.tally) })
    }
  }

  private let parts: [OpenPart]
  private let output: String
  private let settings: JobSettings

  /// Opens the parts, in any order, and checks that they are all parts of one output.
  ///
  /// - Throws: `ScoringError` (`data` when a part is missing, twice there, or of another job; `missingInput`; ...).
  public init(parts paths: [String], output: String, settings: JobSettings = JobSettings()) throws(ScoringError) {
    try OutputCheck.check(output, overwrite: settings.overwrite, inputs: paths)
    var parts: [OpenPart] = []
    for path in paths { parts.append(try OpenPart(path)) }
    parts.sort { $0.footer.shard.index < $1.footer.shard.index }
    guard let first = parts.first else {
      throw ScoringError(.usage, "expected the parts of an output, found none; name their files")
    }
    for part in parts.dropFirst() { try part.check(against: first) }
    for (part, next) in zip(parts, parts.dropFirst()) where part.footer.shard == next.footer.shard {
      throw ScoringError(
        .data,
        "\(next.path): expected each part once, found part \(part.footer.shard.index) in \(part.path) too; leave one out"
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

  /// Writes the output; it appears when it is whole.
  ///
  /// - Throws: `ScoringError` (`inputOutput`; what `progress` throws).
  public func run(progress: ProgressCallback = { _ in }) throws(ScoringError) -> Result {
    let rows = parts[0].footer.selection.count
    var state = JobProgress(rowsDone: 0, rowsTotal: rows)
    try progress(state)
    var file = try fromFile { () throws(FileError) in try AtomicFile(path: output, overwrite: settings.overwrite) }
    if let array = parts[0].array {
      let header = try fromFile { () throws(FileError) in
        try NPYWriter.header(shape: [rows] + array.shape.dropFirst(), elementType: array.elementType, path: output)
      }
      try fromFile { () throws(FileError) in try file.append(header) }
    }
    for part in parts {
      for start in stride(from: part.data.lowerBound, to: part.data.upperBound, by: 1 << 22) {
        let bytes = try fromFile { () throws(FileError) in
          try part.file.bytes(min(1 << 22, part.data.upperBound - start), at: start)
        }
        try fromFile { () throws(FileError) in try file.append(bytes) }
        try progress(state)
      }
      state.rowsDone += part.footer.rows.count
      try progress(state)
    }
    do throws(FileError) { try file.commit() } catch { throw ScoringError(error) }
    return Result(
      job: parts[0].footer.identity.lines.first { $0.key == "job" }?.value ?? "", rows: rows, parts: parts.count,
      tally: parts.reduce(into: Tally()) { $0.add($1.footer.tally) })
  }
}

/// A part whose footer is read.
private struct OpenPart {
  let path: String
  let file: InputFile
  let footer: PartFile
  /// nil for text.
  let array: NPYReader?
  /// Where the rows stand in the file.
  let data: Range<Int>

  init(_ path: String) throws(ScoringError) {
    let foreign = ScoringError(
      .data,
      "\(path): expected a part that a job with a shard wrote, found something else or a piece of one; copy it again")
    file = try fromFile { () throws(FileError) in try InputFile(path: path) }
    guard file.size >= 8 else { throw foreign }
    let length = try fromFile { [file] () throws(FileError) in try file.bytes(8, at: file.size - 8) }
      .reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(min(file.size - 8, 1 << 24)) else { throw foreign }
    let end = file.size - 8 - Int(length)
    let text = try fromFile { [file] () throws(FileError) in try file.bytes(Int(length), at: end) }
    guard let footer = PartFile(footer: text) else { throw foreign }
    self.path = path
    self.footer = footer
    guard !footer.output.contains(" text ") else {
      array = nil
      data = 0..<end
      return
    }
    let array = try fromFile { () throws(FileError) in try NPYReader(path: path) }
    let start = try fromFile { () throws(FileError) in
      try NPYWriter.header(shape: array.shape, elementType: array.elementType, path: path).count
    }
    guard array.rowCount == footer.rows.count, end - start == array.count * array.elementType.size else {
      throw foreign
    }
    self.array = array
    data = start..<end
  }

  /// Checks that two parts are of one output.
  func check(against first: OpenPart) throws(ScoringError) {
    var difference = first.footer.identity.difference(from: footer.identity).map { mine, theirs in
      "\(mine.key) \(mine.value), found \(theirs.key) \(theirs.value)"
    }
    if footer.output != first.footer.output { difference = "output \(first.footer.output), found \(footer.output)" }
    if footer.shard.count != first.footer.shard.count {
      difference = "one of \(first.footer.shard.count) parts, found one of \(footer.shard.count)"
    }
    guard let difference else { return }
    throw ScoringError(
      .data, "\(path): expected \(difference): it is not of the same output as \(first.path); give the parts of one job"
    )
  }
}
