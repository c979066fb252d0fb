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
  init(
    files: JobFiles, outputs: [OutputDescription], name: String, settings: JobSettings
  ) throws(ScoringError) {
    self.files = files
    self.outputs = outputs
    self.settings = settings
    journalPath = files.journal(of: name, shard: settings.shard)
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

  /// Checks every output that is still to be written.
  func checkOutputs(inputs: [String]) throws(ScoringError) {
    let first = found.map { min($0.item + ($0.isSealed ? 1 : 0), files.items.count) } ?? 0
    guard !outputs.isEmpty else { return }
    if let folder = files.output, files.isMany, !FileList.isFolder(folder) {
      guard !FileList.exists(folder) else {
        throw ScoringError(
          .cannotCreate, "\(folder): expected a folder for \(files.items.count) outputs, found a file; name a folder")
      }
      guard mkdir(folder, 0o777) == 0 else {
        throw ScoringError(.cannotCreate, "\(folder): cannot be created: \(String(cString: strerror(errno)))")
      }
      rmdir(folder)
      return
    }
    let taken = OutputCheck(inputs: inputs)
    for item in files.items.indices.dropFirst(first) {
      for output in outputs {
        guard let path = files.path(of: item, output, shard: settings.shard) else { continue }
        try taken.check(path, overwrite: settings.overwrite)
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
      .unfinished,
      "\(partial): expected nothing or a journal \(journalPath) with it, found a partial output alone; "
        + "remove it or start over")
  }

  /// The journal the job begins with.
  ///
  /// - Throws: `ScoringError` (`data` when what is there belongs to another job, or is not what the journal says).
  func journal(identity: JobIdentity, head: ScoredHead, sources: [RowSource]) throws(ScoringError) -> Journal {
    guard let found, let journalPath, !found.isEmpty else { return Journal(identity: identity) }
    let begun = found.item + (found.rows > 0 || found.isSealed ? 1 : 0)
    if let (mine, theirs) = identity.first(begun).difference(from: found.identity.first(begun)) {
      let item = mine.item.map { sources[$0].item }
      let path =
        switch mine.key {
        case "head", "head-changed": head.path
        case "permutation", "permutation-changed": head.order?.path
        case "target", "target-changed": item?.target
        default: item?.hidden
        }
      let (expected, instead) =
        switch mine.key {
        case "permutation" where theirs.key != mine.key: ("rows of a job with a permutation", "those of one without")
        case "head", "hidden", "permutation", "target": ("\(path ?? "") as the job began with it", "another file")
        case _ where mine.isTime: ("\(path ?? "") as the job began with it", "that it was changed since")
        default: ("rows of a job with \(mine.key) \(mine.value)", "those of one with \(theirs.key) \(theirs.value)")
        }
      throw ScoringError(
        .data,
        "\(journalPath): expected \(expected), found \(instead); give what these rows were made from, or start over")
    }
    guard found.item < sources.count, found.rows <= sources[found.item].rows.count else {
      throw ScoringError(.data, "\(journalPath): expected rows of this job, found others; start over")
    }
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
}
