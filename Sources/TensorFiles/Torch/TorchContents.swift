internal import AdaptiveSoftmax

/// What the pickle of a checkpoint holds: its tensors, each checked against its storage, and the rest, under dotted names.
struct TorchContents {
  private(set) var entries: [TorchFile.Entry] = []
  private(set) var skipped: [TorchFile.SkippedValue] = []

  private let archive: ZipArchive
  private let root: String
  private let path: String
  private var objects = PickleObjects()
  private var names = NameSet()
  private var listed: Set<Int> = []
  private var visited = 0
  private var nameBytes = 0

  private static let deepest = 64
  private static let longestName = 4096

  init(_ archive: ZipArchive, root: String, path: String) {
    self.archive = archive
    self.root = root
    self.path = path
  }

  /// Reads the pickle.
  ///
  /// - Throws: `FileError` (`malformed`, `unsupported`, `truncated`, `readFailed`).
  mutating func read(_ file: InputFile) throws(FileError) {
    guard let member = archive[root + "/data.pkl"], member.range.count <= PickleReader.Limit.bytes else {
      throw FileError(
        .unsupported, path: path, "data.pkl: expected at most \(PickleReader.Limit.bytes) bytes, found more")
    }
    var reader = try PickleReader(try archive.contents(of: member, in: file), path: path)
    let value = try reader.read()
    objects = reader.objects
    try visit(value, name: "", depth: 0)
    try checkNoneIsHidden()
  }

  /// Tensors that are not listed may be the head that is meant: nothing else is to be taken for it.
  private func checkNoneIsHidden() throws(FileError) {
    let hidden = objects.views.count - listed.count
    guard hidden > 0 else { return }
    let holder = skipped.first { $0.kind.hasPrefix("'") || $0.kind.hasPrefix("a value under") }
    throw FileError(
      .unsupported, path: path,
      "data.pkl: expected tensors in dicts, lists and tuples under strings or ints, found \(hidden) elsewhere"
        + (holder.map { ", where \($0.name.quoted) is \($0.kind)" } ?? "") + "; save them in a plain dict")
  }

  /// Walks a value, depth first; a value that is reached twice is listed under both names.
  private mutating func visit(_ value: PickleValue, name: String, depth: Int) throws(FileError) {
    try count(name, depth: depth)
    func child(_ key: String) -> String { name.isEmpty ? key : "\(name).\(key)" }
    switch value {
    case .dict(let dict):
      for (key, value) in objects.dicts[dict] {
        if let text = Self.text(of: key) {
          try visit(value, name: child(text), depth: depth + 1)
        } else {
          try count(name, depth: depth + 1)
          skipped.append(TorchFile.SkippedValue(name: name, kind: "a value under \(key.kind)"))
        }
      }
    case .list(let sequence), .tuple(let sequence):
      for (index, value) in objects.sequences[sequence].enumerated() {
        try visit(value, name: child("\(index)"), depth: depth + 1)
      }
    case .tensor(let view):
      listed.insert(view)
      entries.append(try entry(objects.views[view], name: try unique(name)))
    default: skipped.append(TorchFile.SkippedValue(name: name, kind: value.kind))
    }
  }

  /// Bounds the values that are walked and the memory of their names.
  private mutating func count(_ name: String, depth: Int) throws(FileError) {
    visited += 1
    nameBytes += name.utf8.count
    guard nameBytes <= PickleReader.Limit.nameBytes else {
      throw FileError(
        .unsupported, path: path,
        "data.pkl: expected names of at most \(PickleReader.Limit.nameBytes) bytes in all, found more at \(name.quoted)"
      )
    }
    guard visited <= PickleReader.Limit.names, depth <= Self.deepest, name.utf8.count <= Self.longestName else {
      throw FileError(
        .unsupported, path: path,
        "data.pkl: expected at most \(PickleReader.Limit.names) values at a depth of at most \(Self.deepest), found more at \(name.quoted)"
      )
    }
  }

  /// The part of a name that a key is; nil for one of another kind, under which no tensor is looked for.
  private static func text(of key: PickleValue) -> String? {
    switch key {
    case .string(let text): text
    case .int(let number): "\(number)"
    default: nil
    }
  }

  private mutating func unique(_ name: String) throws(FileError) -> String {
    guard let found = names.insert(name) else { return name }
    throw FileError(.malformed, path: path, "data.pkl: expected each tensor under a name of its own, found \(found)")
  }

  /// Checks a tensor: its storage's size, and that its strides stay inside.
  private func entry(_ view: PickleObjects.View, name: String) throws(FileError) -> TorchFile.Entry {
    func malformed(_ message: String) -> FileError {
      FileError(.malformed, path: path, "tensor \(name.quoted): \(message)")
    }
    let storage = objects.storages[view.storage]
    guard let member = archive["\(root)/data/\(storage.key)"] else {
      throw malformed("expected a member \("\(root)/data/\(storage.key)".quoted), found none")
    }
    guard SizeCheck.bytes([storage.count], storage.elementType) == member.range.count else {
      throw malformed(
        "expected a storage of \(storage.count) \(storage.elementType.name), found \(member.range.count) bytes in \(member.name.quoted)"
      )
    }
    guard view.shape.count == view.strides.count, view.shape.allSatisfy({ $0 >= 0 }),
      view.strides.allSatisfy({ $0 >= 0 }), view.offset >= 0, SizeCheck.bytes(view.shape, storage.elementType) != nil
    else {
      throw malformed(
        "expected sizes and strides of one length, none negative, and an offset of at least 0, found \(view.shape), \(view.strides), \(view.offset)"
      )
    }
    if !view.shape.contains(0) {
      guard let last = Self.lastElement(view), last < storage.count else {
        throw malformed(
          "expected a view inside its storage of \(storage.count), found shape \(view.shape), strides \(view.strides), offset \(view.offset)"
        )
      }
    }
    return TorchFile.Entry(
      name: name, elementType: storage.elementType, shape: view.shape, strides: view.strides, storageKey: storage.key,
      offset: view.offset, storage: member.range)
  }

  /// The place of the last element in the storage; nil beyond Int.
  private static func lastElement(_ view: PickleObjects.View) -> Int? {
    var last = view.offset
    for (size, stride) in zip(view.shape, view.strides) {
      let (step, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, beyond) = last.addingReportingOverflow(step)
      guard !overflow, !beyond else { return nil }
      last = sum
    }
    return last
  }
}
