internal import AdaptiveSoftmax
internal import TensorFiles

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Where a job may begin: what stands at its outputs' names, and what an earlier run left there.
struct JobStart {
  private let files: JobFiles
  private let outputs: [OutputDescription]
  private let settings: JobSettings
  private let journalPath: String?
  /// What an earlier run recorded; nil when the job begins anew.
  private let found: Journal?

  /// Reads the journal that is there, and refuses one that is in the way.
  ///
  /// Without `resume`, results of an earlier run are like an output that exists: replaced only when overwriting is asked for.
  /// What another process is writing is nobody else's: it is refused before it is looked at.
  init(
    files: JobFiles, outputs: [OutputDescription], name: String, settings: JobSettings
  ) throws(ScoringError) {
    self.files = files
    self.outputs = outputs
    self.settings = settings
    journalPath = files.journal(of: name, shard: settings.shard)
    try Self.checkFree(files, outputs, settings.shard, journalPath)
    guard let journalPath, settings.resume || !settings.overwrite else {
      found = nil
      return
    }
    let journal = try Journal.read(journalPath)
    if settings.resume {
      found = journal
    } else if let journal, !journal.isEmpty {
      throw ScoringError(
        .unfinished,
        "\(journalPath): expected no earlier run of a job to this output, found one that is not finished; "
          + "resume it or start over")
    } else {
      found = nil
    }
  }

  /// Checks that no other process is at this job: it has locked the journal of several files, or the one file's outputs.
  private static func checkFree(
    _ files: JobFiles, _ outputs: [OutputDescription], _ shard: Shard?, _ journalPath: String?
  ) throws(ScoringError) {
    guard !outputs.isEmpty, let journalPath else { return }
    try fromFile { () throws(FileError) in
      guard !files.isMany else { return try LockFile.checkFree(guarding: journalPath) }
      for output in outputs {
        guard let path = files.path(of: 0, output, shard: shard) else { continue }
        try PartialFile.checkFree(path: path)
      }
    }
  }

  /// Checks every output that is still to be written.
  func checkOutputs(inputs: [String]) throws(ScoringError) {
    let first = found.map { min($0.item + ($0.isSealed ? 1 : 0), files.items.count) } ?? 0
    guard !outputs.isEmpty, !mayBeDone else { return }
    if let folder = files.output, files.isMany, !FileList.isFolder(folder) {
      let name = String(folder.reversed().drop { $0 == "/" }.reversed())
      guard !FileList.exists(name) || FileList.isFolder(folder) else {
        throw ScoringError(
          .cannotCreate, "\(folder): expected a folder for the outputs, found a file; name a folder")
      }
      // Made when the job begins; another job may make it meanwhile.
      guard access(Platform.folder(of: name), W_OK | X_OK) == 0 else {
        throw ScoringError(.cannotCreate, "\(folder): cannot be created: \(String(cString: strerror(errno)))")
      }
      return
    }
    let taken = OutputCheck(inputs: inputs)
    for item in files.items.indices.dropFirst(first) {
      for output in outputs {
        guard let path = files.path(of: item, output, shard: settings.shard) else { continue }
        do throws(ScoringError) {
          try taken.check(path, overwrite: settings.overwrite)
        } catch {
          throw error.kind == .outputExists && settings.resume && found == nil ? Self.unknown(path) : error
        }
        try checkPartial(of: path)
      }
    }
  }

  /// A partial file that no journal speaks of is somebody else's, unless nothing is in it.
  private func checkPartial(of path: String) throws(ScoringError) {
    guard found == nil, settings.resume || !settings.overwrite, let journalPath else { return }
    let partial = PartialFile.partialPath(of: path)
    var status = stat()
    guard lstat(partial, &status) == 0, status.st_size > 0, try Journal.read(journalPath) == nil else { return }
    throw ScoringError(
      .outputExists,
      "\(partial): expected nothing or a journal \(journalPath) with it, found a partial output alone, "
        + "which cannot be gone on with; remove it, or start over without resuming")
  }

  /// The journal the job begins with.
  ///
  /// - Throws: `ScoringError` (`data` when what is there belongs to another job, or is not what the journal says).
  func journal(identity: JobIdentity, head: ScoredHead, sources: [RowSource]) throws(ScoringError) -> Journal {
    if mayBeDone { return try doneAlready(identity: identity, head: head, sources: sources) }
    guard let found, let journalPath, !found.isEmpty else { return Journal(identity: identity) }
    let begun = found.item + (found.rows > 0 || found.isSealed ? 1 : 0)
    let names = inputNames(head: head, sources: sources)
    if let (expected, instead) = identity.first(begun).mismatch(with: found.identity.first(begun), file: names) {
      throw ScoringError(
        .data,
        "\(journalPath): expected \(expected), which its rows are from, found \(instead) in this command; "
          + "give what these rows were made from, or start over")
    }
    try check(found, journalPath, sources)
    for item in 0..<found.item {
      for output in outputs {
        guard let path = files.path(of: item, output, shard: settings.shard), !FileList.exists(path) else { continue }
        throw ScoringError(
          .data, "\(path): expected the finished output that \(journalPath) speaks of, found nothing; start over")
      }
    }
    var journal = found
    journal.identity = identity
    return journal
  }

  /// Checks that a journal's numbers are those of so many rows.
  private func check(_ found: Journal, _ journalPath: String, _ sources: [RowSource]) throws(ScoringError) {
    func refusal(_ expected: String, _ found: String) -> ScoringError {
      ScoringError(.data, "\(journalPath): expected \(expected), found \(found); start over")
    }
    guard found.item < sources.count else {
      throw refusal("rows of one of \(sources.count) files", "rows of file \(found.item)")
    }
    let total = sources[found.item].rows.count
    guard found.isSealed ? found.rows == total : found.rows <= total else {
      throw refusal("\(found.isSealed ? "" : "at most ")\(total) rows of a file that has them", "\(found.rows)")
    }
    let rows = sources.prefix(found.item).map(\.rows.count) + [found.rows]
    guard zip(found.tallies, rows).allSatisfy({ $0.isPossible(rows: $1) }) else {
      throw refusal("counts of at most as many rows as are done", "others")
    }
    let count = found.rows > 0 || found.isSealed ? outputs.count : 0
    guard found.outputs.count == count else {
      throw refusal("\(count) outputs of \(found.rows) rows", "\(found.outputs.count)")
    }
    for (output, mark) in zip(outputs, found.outputs) {
      let bytes = try fromFile { () throws(FileError) in
        try output.byteCount(rows: found.rows, of: total, path: journalPath)
      }
      let hasFooter = found.isSealed && settings.shard != nil
      guard let bytes, hasFooter ? mark.bytes <= bytes : mark.bytes != bytes else { continue }
      throw refusal("\(bytes) bytes for \(found.rows) rows", "\(mark.bytes)")
    }
  }

  /// The names of a job's inputs by the keys of its identity.
  private func inputNames(head: ScoredHead, sources: [RowSource]) -> (String, Int?) -> String {
    { key, item in
      let source = item.flatMap { sources.indices.contains($0) ? sources[$0].item : nil }
      return switch key {
      case "head": head.path
      case "permutation": head.order?.path ?? "the permutation"
      case "target": source?.target ?? "the targets"
      default: source?.hidden ?? "the hidden states"
      }
    }
  }
}

// MARK: - Jobs that are done already

extension JobStart {
  /// Whether every part that a shard would write is there and nothing is left of a run: the job is done already, if they
  /// are its parts.
  private var mayBeDone: Bool {
    guard settings.resume, !settings.overwrite, found == nil, settings.shard != nil, !outputs.isEmpty else {
      return false
    }
    return files.items.indices.allSatisfy { item in
      outputs.allSatisfy { output in
        guard let path = files.path(of: item, output, shard: settings.shard) else { return false }
        return FileList.exists(path) && !FileList.exists(PartialFile.partialPath(of: path))
      }
    }
  }

  /// The journal of a job that has nothing left to do, after its parts were read and are known to be what it would write.
  private func doneAlready(
    identity: JobIdentity, head: ScoredHead, sources: [RowSource]
  ) throws(ScoringError) -> Journal {
    var journal = Journal(identity: identity)
    var paths: [String] = []
    for (item, source) in sources.enumerated() {
      for output in outputs {
        guard let shard = settings.shard, let path = files.path(of: item, output, shard: shard) else { continue }
        let part = try PartReader(path)
        let wanted = PartFile(
          identity, item: item, source, output: output, shard: shard, tally: part.footer.tally, data: part.footer.data)
        try check(part, wanted, changed: identity, item, inputNames(head: head, sources: sources))
        try part.checkData()
        journal.tallies[item] = wanted.tally
        paths.append(path)
      }
      journal.tallies.append(Tally())
    }
    journal.item = sources.count
    let others = paths.count == 1 ? "" : " and \(paths.count - 1) more"
    settings.notice?("\(paths[0].onOneLine)\(others): done already by the same job; nothing is left to do")
    return journal
  }

  private func check(
    _ part: PartReader, _ wanted: PartFile, changed identity: JobIdentity, _ item: Int,
    _ names: (String, Int?) -> String
  ) throws(ScoringError) {
    let mend = "give what it was made from, keep it under another name, or start over"
    if let (expected, instead) = wanted.identity.mismatch(
      with: part.footer.identity, file: { key, _ in names(key, item) })
    {
      throw ScoringError(.data, "\(part.path): expected \(expected), found \(instead); \(mend)")
    }
    guard part.footer == wanted else {
      throw ScoringError(
        .data,
        "\(part.path): expected part \(wanted.shard) of the rows \(wanted.selection), found \(part.footer.shard) of "
          + "\(part.footer.selection); \(mend)")
    }
    // Of large hidden states a sample is compared: what it misses, the times tell.
    let times = identity.lines.filter { $0.key == "hidden-changed" && $0.item == item }
    if let time = times.first, let changed = Int(time.value), changed > part.modified {
      throw ScoringError(
        .data,
        "\(part.path): expected a part written after \(names("hidden", item)) was last changed, found an older one; "
          + mend)
    }
  }

  /// The error about an output of which nothing tells what wrote it.
  private static func unknown(_ path: String) -> ScoringError {
    ScoringError(
      .outputExists,
      "\(path): exists already, with no journal that tells which job wrote it: expected something to go on with, found "
        + "a finished output; keep it, or overwrite it to write it anew")
  }
}
