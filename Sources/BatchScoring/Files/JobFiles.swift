public import TensorFiles

/// The files of a scoring job: hidden states, their targets, and where the results go.
///
///     try JobFiles(hidden: ["states/*.npy"], target: ["targets"], output: "scores/")
///
/// One file of hidden states has one output, under the name given. Several have one each, in a folder, named like them; so
/// has one where the name given is a folder's.
public struct JobFiles: Sendable, Equatable {
  /// One file of hidden states with what belongs to it.
  public struct Item: Sendable, Equatable {
    /// The file of hidden states.
    public let hidden: String
    /// The file of its targets; nil for none.
    public let target: String?
    /// The output's name, or what its names begin with; nil for no output.
    public internal(set) var output: String?
    /// The line of a list that names the files, as errors say it; nil for files without a list.
    var place: String?
  }

  /// The files, in the order in which they are done.
  public let items: [Item]
  /// Whether the results go to a folder, one file for each item.
  public let isMany: Bool
  /// Which column of the targets' files is theirs, from 1; nil for files of targets alone.
  public var targetColumn: Int?
  /// `.bfloat16` reads hidden states of dtype `V2`, as which ml_dtypes saves bfloat16; nil: as the arrays say.
  public var hiddenType: ElementType?
  /// Whether the one file was named alone: jobs of other files may write to the same folder meanwhile.
  private let isAlone: Bool
  /// The output as it was given.
  let output: String?
  /// The list that the files were read from; nil for none.
  let manifest: String?

  /// One file of hidden states.
  public init(hidden: String, target: String? = nil, output: String? = nil) {
    items = [Item(hidden: hidden, target: target, output: output)]
    isMany = false
    isAlone = true
    manifest = nil
    self.output = output
  }

  /// Any number of files.
  ///
  /// - Parameters:
  ///   - hidden: .npy files, folders of them, or patterns such as `states/*.npy`, in this order; a folder's files and those of
  ///     a pattern are sorted by name.
  ///   - target: as `hidden`, as many and in the same order; or one folder with files of the same names as the hidden states',
  ///     or texts of the same stems.
  ///   - manifest: a text with a file of hidden states a line, and its targets behind a tab; nil for none.
  /// - Throws: `ScoringError` (`usage` when the files do not match; `missingInput` when there are none; `data` for a line of the
  ///   manifest that is none of these).
  public init(
    hidden: [String], target: [String] = [], manifest: String? = nil, output: String? = nil
  ) throws(ScoringError) {
    let found = try FileList(hidden)
    var pairs: [Item] = []
    if target.count == 1, !found.paths.isEmpty, FileList.isFolder(target[0]) {
      for path in found.paths {
        pairs.append(Item(hidden: path, target: try FileList.targets(of: path, in: target[0])))
      }
    } else {
      guard target.isEmpty || !found.paths.isEmpty else {
        throw ScoringError(
          .usage,
          "expected the targets behind tabs in the list of hidden states, found them beside it; write them into the list"
        )
      }
      let targets = try FileList(target).paths
      guard targets.isEmpty || targets.count == found.paths.count else {
        throw ScoringError(
          .usage,
          "expected \(found.paths.count) files of targets, one for each of hidden states, found \(targets.count); "
            + "name them in the same order, or a folder with files of the same names")
      }
      pairs = found.paths.enumerated().map { Item(hidden: $1, target: targets.isEmpty ? nil : targets[$0]) }
    }
    if let manifest { pairs += try FileList.manifest(manifest) }
    guard let first = pairs.first else {
      throw ScoringError(.usage, "expected at least one file of hidden states, found none")
    }
    if let with = pairs.first(where: { $0.target != nil }), let without = pairs.first(where: { $0.target == nil }) {
      let (name, other) = (without.place ?? without.hidden, with.place ?? with.hidden)
      let beside = found.paths.isEmpty ? "" : ", with --hidden beside the list"
      throw ScoringError(
        .usage,
        "\(name): expected targets as for \(other)\(beside), found none; give targets for all files or for none")
    }
    let mayBeMany = found.isMany || manifest != nil
    isMany = try Self.goToFolder(output, files: pairs.count, mayBeMany: mayBeMany)
    isAlone = !mayBeMany
    self.manifest = manifest
    self.output = output
    items =
      isMany
      ? try Self.named(pairs, in: output)
      : [Item(hidden: first.hidden, target: first.target, output: output, place: first.place)]
  }

  /// Whether the outputs go to a folder; without outputs, whether the files may be many.
  private static func goToFolder(_ output: String?, files: Int, mayBeMany: Bool) throws(ScoringError) -> Bool {
    guard let output else { return mayBeMany }
    switch OutputPlace(output) {
    case .folder: return true
    case .either: return mayBeMany
    case .file:
      guard files > 1, let found = OutputPlace.fileExtension(of: output) else { return false }
      throw ScoringError(
        .usage,
        "\(output): expected a folder for the outputs of \(files) files, found the name of a .\(found) file; "
          + "write \(output.dropLast(found.count + 1))/")
    }
  }

  /// Names the outputs in a folder after the hidden states.
  private static func named(
    _ pairs: [Item], in folder: String?
  ) throws(ScoringError) -> [Item] {
    var inputs: [String: String] = [:]
    var items: [Item] = []
    for var pair in pairs {
      let output = folder.map { FileList.joined($0, FileList.stem(of: pair.hidden)) }
      if let output, let other = inputs.updateValue(pair.hidden, forKey: output) {
        throw ScoringError(
          .usage,
          "\(pair.hidden): expected a name of its own, found that of \(other); their outputs would be one: rename one of them"
        )
      }
      pair.output = output
      items.append(pair)
    }
    return items
  }
}

extension JobFiles {
  /// The name of an item's output; nil for no output.
  func path(of item: Int, _ output: OutputDescription, shard: Shard?) -> String? {
    guard let base = items[item].output else { return nil }
    let name = base + (isMany && output.suffix.isEmpty ? ".npy" : output.suffix)
    return shard.map { "\(name).\($0.name).part" } ?? name
  }

  /// The name of the journal of a job; nil for no output.
  func journal(of job: String, shard: Shard?) -> String? {
    guard let output else { return nil }
    let own = isAlone ? items[0].output.map { "\($0).\(job)" } : nil
    let base = isMany ? own ?? FileList.joined(output, job) : output
    return base + (shard.map { ".\($0.name)" } ?? "") + ".journal"
  }
}
