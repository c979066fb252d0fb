internal import AdaptiveSoftmax
internal import TensorFiles

/// One file of a job's hidden states, with its targets, and which of its rows are done.
struct RowSource: Sendable {
  /// Files that a job keeps open from its checks on; when there are more, each is opened again when its turn comes.
  static let mostOpen = 64

  let item: JobFiles.Item
  /// The rows that were asked for.
  let selection: Range<Int>
  /// Those of them that this shard does.
  let rows: Range<Int>
  /// What is odd about its files and does no harm.
  let notices: [String]
  private let head: ScoredHead
  private let targetColumn: Int?
  private let hiddenType: ElementType?
  private let count: Int
  private let modified: Int
  private var opened: (hidden: HiddenRows, targets: TargetRows?)?

  /// Opens and checks the files, and reads through the targets.
  init(
    _ item: JobFiles.Item, of files: JobFiles, head: ScoredHead, targets: TargetUse, rows: Range<Int>?, shard: Shard?
  ) throws(ScoringError) {
    self.item = item
    self.head = head
    targetColumn = files.targetColumn
    hiddenType = files.hiddenType
    let hidden = try namingRawType { () throws(ScoringError) in
      try HiddenRows(path: item.hidden, type: files.hiddenType)
    }
    try hidden.check(features: head.features, of: head.path)
    (count, modified) = (hidden.count, hidden.modified)
    let ignoreIndex: Int64? =
      switch targets {
      case .required(let index), .optional(let index): index
      case .none: nil
      }
    let found = try item.target.map { (path) throws(ScoringError) in
      let found = try TargetRows(path: path, column: files.targetColumn, matching: hidden)
      try found.check(classes: head.classes, ignoreIndex: ignoreIndex)
      return found
    }
    if case .required = targets, found == nil {
      throw ScoringError(
        .usage,
        "\(item.place ?? item.hidden): expected targets for these hidden states, found none; name their file"
          + (item.place == nil ? "" : " behind a tab"))
    }
    opened = (hidden, found)
    notices = [hidden.notice, found?.notice].compactMap(\.self)
    selection = rows ?? 0..<hidden.count
    guard selection.lowerBound >= 0, selection.upperBound <= hidden.count else {
      throw ScoringError(
        .usage, "\(item.hidden): expected rows within 0..<\(hidden.count), found \(selection); choose rows that it has")
    }
    self.rows = shard?.rows(of: selection) ?? selection
  }

  /// The same without open files.
  var closed: RowSource {
    var source = self
    source.opened = nil
    return source
  }

  /// The open files.
  ///
  /// - Throws: `ScoringError` (`data` when it changed since the job began).
  func open() throws(ScoringError) -> (hidden: HiddenRows, targets: TargetRows?) {
    if let opened { return opened }
    let hidden = try HiddenRows(path: item.hidden, type: hiddenType)
    try hidden.check(features: head.features, of: head.path)
    guard hidden.count == count else {
      throw ScoringError(
        .data, "\(item.hidden): expected \(count) rows as there were before, found \(hidden.count); start over")
    }
    guard hidden.modified == modified else {
      throw ScoringError(
        .data, "\(item.hidden): expected a file that stays as it is during the job, found it changed; start over")
    }
    let targets = try item.target.map { (path) throws(ScoringError) in
      try TargetRows(path: path, column: targetColumn, matching: hidden)
    }
    return (hidden, targets)
  }
}
