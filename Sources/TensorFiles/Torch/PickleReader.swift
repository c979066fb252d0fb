internal import AdaptiveSoftmax

/// Reads the pickle of a state dict as data.
///
/// Only the opcodes that build tensors, dicts, lists and plain values are known, and only the names of `TorchGlobal`; nothing
/// is imported, called or executed. Anything else is refused by name and place. Every count is capped.
///
/// Source: CPython's `Lib/pickletools.py` (opcodes), PyTorch's `torch/_utils.py` and `torch/serialization.py` (tensors).
struct PickleReader {
  /// What a hostile pickle may make this reader hold.
  enum Limit {
    static let bytes = 64 << 20
    static let stack = 1 << 20
    static let memo = 1 << 21
    static let marks = 1024
    static let values = 1 << 22
    static let objects = 1 << 21
    static let names = 1 << 20
    static let nameBytes = 64 << 20
    static let rank = 64
  }

  private(set) var objects = PickleObjects()
  let path: String
  private var cursor: ByteCursor
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var pushed = 0
  /// Where the opcode that is being read is.
  private(set) var position = 0

  init(_ bytes: [UInt8], path: String) throws(FileError) {
    self.path = path
    cursor = ByteCursor(bytes)
    guard bytes.count <= Limit.bytes else {
      throw FileError(
        .unsupported, path: path, "data.pkl: expected at most \(Limit.bytes) bytes, found \(bytes.count)")
    }
  }

  /// An error about the opcode being read.
  func failure(_ message: String, _ code: FileError.Code = .malformed, mend: String? = nil) -> FileError {
    FileError(code, path: path, "data.pkl: \(message) at byte \(position)\(mend.map { "; \($0)" } ?? "")")
  }

  /// Reads up to STOP and gives the value on the stack.
  ///
  /// - Throws: `FileError` (`malformed`, `unsupported`).
  mutating func read() throws(FileError) -> PickleValue {
    while true {
      position = cursor.position
      let code = try number(UInt8.self)
      guard let opcode = PickleOpcode(rawValue: code) else {
        throw failure(
          "refused opcode \(PickleOpcode.name(of: code))", .unsupported,
          mend: "save tensors alone, in torch.save's own protocol")
      }
      if opcode == .stop { break }
      try perform(opcode)
    }
    guard stack.count == 1, marks.isEmpty else {
      throw failure("expected one value at the end, found \(stack.count) and \(marks.count) marks")
    }
    guard cursor.rest == 0 else { throw failure("expected nothing after STOP, found \(cursor.rest) bytes") }
    return stack[0]
  }

  private mutating func perform(_ opcode: PickleOpcode) throws(FileError) {
    switch opcode {
    case .proto:
      let version = try number(UInt8.self)
      guard (2...5).contains(version) else {
        throw failure("expected pickle protocol 2 to 5, found \(version)", .unsupported)
      }
    case .frame: _ = try number(UInt64.self)
    case .stop: break
    case .none: try push(.none)
    case .newTrue: try push(.bool(true))
    case .newFalse: try push(.bool(false))
    case .binInt: try push(.int(Int(try number(Int32.self))))
    case .binInt1: try push(.int(Int(try number(UInt8.self))))
    case .binInt2: try push(.int(Int(try number(UInt16.self))))
    case .long1: try push(try long())
    case .binFloat:
      _ = try number(UInt64.self)
      try push(.float)
    case .binUnicode: try push(.string(try text(Int(try number(UInt32.self)))))
    case .shortBinUnicode: try push(.string(try text(Int(try number(UInt8.self)))))
    case .emptyDict: try push(.dict(try newDict()))
    case .emptyList: try push(.list(try newSequence([])))
    case .emptyTuple: try push(.tuple(try newSequence([])))
    case .mark:
      guard marks.count < Limit.marks else { throw failure("expected at most \(Limit.marks) marks, found more") }
      marks.append(stack.count)
    case .tuple: try push(.tuple(try newSequence(try popToMark())))
    case .tuple1: try push(.tuple(try newSequence(try pop(1))))
    case .tuple2: try push(.tuple(try newSequence(try pop(2))))
    case .tuple3: try push(.tuple(try newSequence(try pop(3))))
    case .append: try append(try pop(1))
    case .appends: try append(try popToMark())
    case .setItem: try setItems(try pop(2))
    case .setItems: try setItems(try popToMark())
    case .binPut: try put(Int(try number(UInt8.self)))
    case .longBinPut: try put(Int(try number(UInt32.self)))
    case .memoize: try put(memo.count)
    case .binGet: try get(Int(try number(UInt8.self)))
    case .longBinGet: try get(Int(try number(UInt32.self)))
    case .global: try pushGlobal(try line(), try line())
    case .stackGlobal:
      let names = try pop(2)
      guard case (.string(let module), .string(let name)) = (names[0], names[1]) else {
        throw failure("expected the two names of a global, found other values")
      }
      try pushGlobal(module, name)
    case .binPersID: try push(try persistent(try pop(1)[0]))
    case .reduce:
      let call = try pop(2)
      try push(try reduce(call[0], call[1]))
    case .newObject:
      let call = try pop(2)
      guard case .global(.inert) = call[0] else {
        throw failure("refused a new object of \(call[0].kind)", .unsupported)
      }
      try push(call[0])
    case .build:
      let state = try pop(1)[0]
      try build(state)
    }
  }
}

// MARK: - Stack and memo

extension PickleReader {
  private mutating func push(_ value: PickleValue) throws(FileError) {
    guard stack.count < Limit.stack, pushed < Limit.values else {
      throw failure("expected a stack of at most \(Limit.stack) values (\(Limit.values) in all), found more")
    }
    pushed += 1
    stack.append(value)
  }

  /// The top `count` values, the deepest first; a mark below them may not be passed.
  private mutating func pop(_ count: Int) throws(FileError) -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else {
      throw failure("expected \(count) values on the stack, found \(stack.count - (marks.last ?? 0))")
    }
    defer { stack.removeLast(count) }
    return Array(stack[(stack.count - count)...])
  }

  private mutating func popToMark() throws(FileError) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw failure("expected a mark on the stack, found none") }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  private func top() throws(FileError) -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.last else {
      throw failure("expected a value on the stack, found none")
    }
    return value
  }

  private mutating func put(_ index: Int) throws(FileError) {
    guard memo.count < Limit.memo else { throw failure("expected a memo of at most \(Limit.memo) values, found more") }
    memo[index] = try top()
  }

  private mutating func get(_ index: Int) throws(FileError) {
    guard let value = memo[index] else { throw failure("expected a value in the memo under \(index), found none") }
    try push(value)
  }

  func checkCount() throws(FileError) {
    guard objects.count < Limit.objects else { throw failure("expected at most \(Limit.objects) objects, found more") }
  }

  private mutating func newSequence(_ items: [PickleValue]) throws(FileError) -> Int {
    try checkCount()
    objects.sequences.append(items)
    return objects.sequences.count - 1
  }

  mutating func newDict() throws(FileError) -> Int {
    try checkCount()
    objects.dicts.append([])
    return objects.dicts.count - 1
  }

  /// Whether the top is an inert value, which keeps nothing of what it is given.
  private func isInert() throws(FileError) -> Bool { if case .global(.inert) = try top() { true } else { false } }

  private mutating func append(_ items: [PickleValue]) throws(FileError) {
    guard try !isInert() else { return }
    guard case .list(let list) = try top() else {
      throw failure("expected a list to append to, found \(try top().kind)")
    }
    objects.sequences[list] += items
  }

  private mutating func setItems(_ items: [PickleValue]) throws(FileError) {
    guard try !isInert() else { return }
    guard case .dict(let dict) = try top() else {
      throw failure("expected a dict to set items of, found \(try top().kind)")
    }
    guard items.count % 2 == 0 else { throw failure("expected pairs of keys and values, found \(items.count) values") }
    for i in stride(from: 0, to: items.count, by: 2) { objects.dicts[dict].append((items[i], items[i + 1])) }
  }
}

// MARK: - Arguments

extension PickleReader {
  private mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) throws(FileError) -> Number {
    guard let number = cursor.next(type) else { throw cutOff() }
    return number
  }

  private mutating func text(_ count: Int) throws(FileError) -> String {
    guard count <= cursor.rest else { throw cutOff() }
    guard let text = cursor.text(count) else { throw failure("expected a string in UTF-8, found other bytes") }
    return text
  }

  private func cutOff() -> FileError {
    FileError(.truncated, path: path, "data.pkl: expected more after byte \(position), found the end")
  }

  /// The name up to the next line feed.
  private mutating func line() throws(FileError) -> String {
    var name: [UInt8] = []
    while name.count <= 1024 {
      let byte = try number(UInt8.self)
      if byte == 0x0A { return String(decoding: name, as: UTF8.self) }
      name.append(byte)
    }
    throw failure("expected a global's name of at most 1024 bytes, found a longer one")
  }

  /// A little-endian integer in two's complement.
  private mutating func long() throws(FileError) -> PickleValue {
    let count = Int(try number(UInt8.self))
    var bits: UInt64 = 0
    var last: UInt8 = 0
    for i in 0..<count {
      last = try number(UInt8.self)
      if i < 8 { bits |= UInt64(last) << (8 * UInt64(i)) }
    }
    guard count <= 8 else { return .longInt }
    if count > 0, count < 8, last & 0x80 != 0 { bits |= ~0 << (8 * UInt64(count)) }
    return .int(Int(Int64(bitPattern: bits)))
  }

  private mutating func pushGlobal(_ module: String, _ name: String) throws(FileError) {
    let full = "\(module).\(name)"
    guard let global = TorchGlobal(name: full) else {
      throw failure(
        "refused global \(full.quoted)", .unsupported,
        mend: "nothing in a file is executed: save tensors alone, torch.save(module.state_dict(), ...)")
    }
    try push(.global(global))
  }

  mutating func add(_ storage: PickleObjects.Storage) throws(FileError) -> Int {
    try checkCount()
    objects.storages.append(storage)
    return objects.storages.count - 1
  }

  mutating func add(_ view: PickleObjects.View) throws(FileError) -> Int {
    try checkCount()
    objects.views.append(view)
    return objects.views.count - 1
  }

  /// BUILD sets attributes; a state dict's `_metadata` is the only one there is, and it is not kept.
  private func build(_ state: PickleValue) throws(FileError) {
    guard try !isInert() else { return }
    guard case (.dict, .dict) = (try top(), state) else {
      throw failure("refused opcode BUILD of \(try top().kind) with \(state.kind)", .unsupported)
    }
  }
}
