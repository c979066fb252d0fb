internal import AdaptiveSoftmax
internal import TensorFiles

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Writes a job's results to partial files, records how far they go, and names them when they are whole.
///
/// The order makes any moment safe to die at: rows are written, then flushed, then recorded; an item is recorded as whole
/// before its outputs get their names, and the next begins after.
final class JobWriter: @unchecked Sendable {
  private let job: RowJob
  /// What is counted of no rows.
  private let nothing: Tally
  private let journalPath: String?
  /// Of a job of several files: the others are known by their partial files' locks.
  private var journalLock: LockFile?
  /// The folder that was made for the outputs.
  private var newFolder: String?
  private let lock = Lock()
  private let clock = ContinuousClock()
  private var recordedAt: ContinuousClock.Instant
  private var journal: Journal
  /// What is on the disk beyond doubt.
  private var recorded: Journal
  private var partials: [PartialFile] = []
  /// Where the partial files stood after whole batches.
  private var whole: [PartialFile.State] = []

  private var isFinished = false

  /// Rows that were done when the writer was made.
  private(set) var rowsResumed = 0

  /// One for each file so far.
  var tallies: [Tally] { Array(journal.tallies.prefix(job.sources.count)) }
  /// The item that is written next.
  var item: Int { journal.item }
  /// Its row that is written next.
  var nextRow: Int { item < job.sources.count ? job.sources[item].rows.lowerBound + journal.rows : 0 }

  /// Opens the partial files where the job begins.
  ///
  /// - Throws: `ScoringError` (`cannotCreate`; `outputExists`; `outputBusy` when another process writes them; `data`
  ///   when they are not what the journal says; `inputOutput`).
  init(_ job: RowJob, nothing: Tally = Tally()) throws(ScoringError) {
    self.job = job
    self.nothing = nothing
    recordedAt = clock.now
    journal = job.start ?? Journal(identity: job.identity ?? JobIdentity())
    recorded = journal
    journalPath = job.files.journal(of: job.name, shard: job.settings.shard)
    if job.files.isMany, let folder = job.files.output, Platform.makeFolder(folder) { newFolder = folder }
    if job.files.isMany, let journalPath {
      journalLock = try fromFile { () throws(FileError) in try LockFile(guarding: journalPath) }
    }
    rowsResumed = kept
    if journal.isSealed { try nameOutputs() }
    try openItem()
    try finishItems()
  }

  /// The rows that the journal on the disk speaks of.
  private var kept: Int {
    job.sources.prefix(recorded.item).reduce(0) { $0 + $1.rows.count } + recorded.rows
  }

  // MARK: - Writing

  /// Appends the results of the rows that come next.
  func write(_ unit: RowUnit, _ results: RowResults) throws(ScoringError) {
    try lock.locked { () throws(ScoringError) in
      for (i, output) in job.written.enumerated() {
        try fromFile { () throws(FileError) in try partials[i].append(results.outputs[i], as: output) }
      }
      whole = partials.map(\.state)
      journal.rows += unit.rows.count
      journal.tallies[journal.item].add(results.tally)
      if journal.rows == job.sources[journal.item].rows.count {
        try finishItems()
      } else if clock.now - recordedAt >= job.settings.checkpointInterval {
        try record()
      }
    }
  }

  /// Names the outputs of items that are whole, and opens the next; an item of no rows is whole at once.
  private func finishItems() throws(ScoringError) {
    while journal.item < job.sources.count, journal.rows == job.sources[journal.item].rows.count {
      try checkSizes()
      journal.tallies[item].add(nothing)
      if let shard = job.settings.shard {
        for (i, output) in job.written.enumerated() {
          let part = PartFile(
            journal.identity, item: item, job.sources[item], output: output, shard: shard,
            tally: journal.tallies[item], data: partials[i].mark)
          try fromFile { () throws(FileError) in try partials[i].append(part.footer) }
        }
      }
      journal.isSealed = true
      try record()
      try nameOutputs()
      try openItem()
    }
  }

  /// Checks that the partial files are as long as all rows of the item are, before anything gets a name.
  private func checkSizes() throws(ScoringError) {
    let rows = job.sources[item].rows.count
    for (output, partial) in zip(job.written, partials) {
      let expected = try fromFile { () throws(FileError) in
        try output.byteCount(rows: rows, of: rows, path: partial.path)
      }
      guard expected == nil || expected == partial.count else {
        throw ScoringError(
          .data,
          "\(partial.path): expected \(expected ?? 0) bytes for \(rows) rows, found \(partial.count) written; start over"
        )
      }
    }
  }

  /// Flushes the partial files, then records how far they go.
  private func record() throws(ScoringError) {
    guard let journalPath else { return }
    journal.outputs = []
    for partial in partials {
      try fromFile { () throws(FileError) in
        try partial.synchronize()
        journal.outputs.append(partial.mark)
      }
    }
    try journal.write(to: journalPath, flushed: true)
    recorded = journal
    recordedAt = clock.now
  }

  // MARK: - Items

  /// Opens the partial files of the item, and writes the journal and their headers where they are new.
  private func openItem() throws(ScoringError) {
    guard item < job.sources.count, !job.written.isEmpty else { return }
    let source = job.sources[item]
    for (i, output) in job.written.enumerated() {
      guard let path = job.files.path(of: item, output, shard: job.settings.shard) else { continue }
      let before = journal.outputs.isEmpty ? nil : journal.outputs[i]
      partials.append(
        try fromFile { () throws(FileError) in
          try PartialFile(path: path, overwrite: job.settings.overwrite, keeping: before)
        })
    }
    whole = partials.map(\.state)
    guard journal.outputs.isEmpty else { return }
    if item == 0, let journalPath { try journal.write(to: journalPath, flushed: false) }
    for (i, output) in job.written.enumerated() {
      guard let type = output.elementType else { continue }
      try fromFile { () throws(FileError) in
        try partials[i].append(
          NPYWriter.header(shape: [source.rows.count] + output.rowShape, elementType: type, path: partials[i].path))
      }
    }
  }

  /// Gives the outputs of a sealed item their names.
  private func nameOutputs() throws(ScoringError) {
    let open = partials
    partials = []
    for (i, output) in job.written.enumerated() {
      guard let path = job.files.path(of: item, output, shard: job.settings.shard) else { continue }
      try fromFile { () throws(FileError) in
        if open.isEmpty {
          try PartialFile.commitSealed(path: path, as: journal.outputs[i], overwrite: job.settings.overwrite)
        } else {
          try open[i].commit()
        }
      }
    }
    journal.item += 1
    journal.rows = 0
    journal.isSealed = false
    journal.outputs = []
    journal.tallies.append(Tally())
  }

  // MARK: - The end

  /// Removes the journal: all outputs have their names.
  func finish() {
    lock.locked {
      if let journalPath { Journal.remove(journalPath) }
      journalLock = nil
      isFinished = true
    }
  }

  /// Keeps what another run can go on from, or removes all of it; the error says which.
  func leave(after error: ScoringError) -> ScoringError {
    lock.locked {
      defer { journalLock = nil }
      guard let journalPath else { return error }
      let isWorthAnother =
        [.interrupted, .inputOutput, .outputExists, .outputBusy].contains(error.kind)
        && partials.allSatisfy(\.hasItsName)
      if isWorthAnother { recordWholeBatches() } else { dropItem() }
      if recorded.isEmpty {
        removeAll(journalPath)
        return error
      }
      return ScoringError(error.kind, error.description, rowsKept: kept)
    }
  }

  /// Records what is written and holds the writer where it is; nil when all is written.
  func stop() -> (kept: Int, total: Int)? {
    lock.hold()
    guard !isFinished else {
      lock.release()
      return nil
    }
    guard let journalPath else { return (0, job.rowCount) }
    defer { journalLock = nil }
    recordWholeBatches()
    if recorded.isEmpty { removeAll(journalPath) }
    return (kept, job.rowCount)
  }

  /// Leaves nothing of a job that has no rows to keep; a folder in which others have begun stays.
  private func removeAll(_ journalPath: String) {
    partials.forEach { $0.remove() }
    Journal.remove(journalPath)
    journalLock = nil
    if let newFolder { rmdir(newFolder) }
  }

  /// Records the batches that all outputs have: a write that failed left some with a piece of the next.
  ///
  /// When recording fails too, as on a full disk, the journal before it still holds.
  private func recordWholeBatches() {
    guard journal.rows > 0, !journal.isSealed else { return }
    do throws(ScoringError) {
      for (partial, state) in zip(partials, whole) {
        try fromFile { () throws(FileError) in try partial.restore(state) }
      }
      try record()
    } catch {}
  }

  /// Forgets the item that is written; those before it are kept.
  ///
  /// The journal first: where it cannot be written, as on a full disk, the one before it still speaks of what is there.
  private func dropItem() {
    let dropped = partials
    partials = []
    journal.rows = 0
    journal.isSealed = false
    journal.tallies = Array(journal.tallies.prefix(item)) + [Tally()]
    do throws(ScoringError) {
      try record()
      dropped.forEach { $0.remove() }
    } catch {
      partials = dropped
    }
  }
}

extension PartialFile {
  /// Appends a batch's rows.
  fileprivate func append(_ rows: OutputRows, as output: OutputDescription) throws(FileError) {
    switch output.contents {
    case .float32:
      try rows.float32.withUnsafeBufferPointer { (rows) throws(FileError) in try append(UnsafeRawBufferPointer(rows)) }
    case .int64:
      try rows.int64.withUnsafeBufferPointer { (rows) throws(FileError) in try append(UnsafeRawBufferPointer(rows)) }
    case .text: try append(rows.text)
    }
  }
}
