import AdaptiveSoftmax
import TensorFiles
import Testing

/// A .pt file that must be refused, by what it does wrong.
struct TorchAttack: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let contents: [UInt8]
  let code: FileError.Code
  /// What the error must say after the path.
  let says: String
  var verify = false

  init(_ name: String, _ contents: [UInt8], _ code: FileError.Code, _ says: String, verify: Bool = false) {
    testDescription = name
    self.contents = contents
    self.code = code
    self.says = says
    self.verify = verify
  }

  init(_ name: String, pickle: [UInt8], _ code: FileError.Code, _ says: String) {
    self.init(name, torchFile(pickle), code, "data.pkl: \(says)")
  }

  init(_ name: String, pickle: [UInt8], _ says: String) { self.init(name, pickle: pickle, .malformed, says) }

  /// A pickle of one tensor in storage 0, six floats.
  init(_ name: String, view: [UInt8], _ says: String) {
    self.init(name, torchFile(Pickle.whole(Pickle.dict(("w", view)))), .malformed, "tensor 'w': \(says)")
  }
}

@Suite struct TorchAttackTests {
  private static let plain = torchFile()
  private static let storage = Pickle.storage("0", 6)

  static let archives: [TorchAttack] = [
    TorchAttack("empty", [], .malformed, "expected a ZIP file"),
    TorchAttack("not a ZIP file", Array("{\"a\": 1}".utf8), .malformed, "expected a ZIP file"),
    TorchAttack("cut off by a byte", Array(plain.dropLast()), .truncated, "expected a ZIP file"),
    TorchAttack("cut off in the middle", Array(plain.prefix(plain.count / 2)), .truncated, "expected a ZIP file"),
    TorchAttack("bytes after the end", plain + [0], .truncated, "expected a ZIP file"),
    TorchAttack("bytes before the start", [0] + plain, .malformed, "expected the ZIP directory to end at byte"),
    TorchAttack(
      "deflated", torchFile { $0[1].method = 8 }, .unsupported,
      "member 'm/data/0': expected a stored member, as torch.save writes, found deflate (8)"),
    TorchAttack(
      "packed by another method", torchFile { $0[1].method = 93 }, .unsupported,
      "member 'm/data/0': expected a stored member, as torch.save writes, found compression method 93"),
    TorchAttack(
      "encrypted", torchFile { $0[0].flags = 1 }, .unsupported,
      "member 'm/data.pkl': expected a stored member, as torch.save writes, found an encrypted one"),
    TorchAttack(
      "a name twice", torchFile(more: [ZipPart("m/data/0", [1])]), .malformed,
      "member 'm/data/0': expected a name once, found it twice"),
    TorchAttack(
      "another name in the local header", torchFile { $0[1].localName = "m/data/1" }, .malformed,
      "member 'm/data/0': expected the same name in its local header, found another"),
    TorchAttack(
      "another size in the local header", torchFile { $0[1].localSize = 20 }, .malformed,
      "member 'm/data/0': expected 24 bytes"),
    TorchAttack(
      "another checksum in the local header", torchFile { $0[1].localCRC = 7 }, .malformed,
      "member 'm/data/0': expected 24 bytes and the checksum"),
    TorchAttack(
      "a member larger than the file",
      torchFile {
        $0[1].localSize = 4000
        $0[1].centralSize = 4000
      }, .truncated, "member 'm/data/0': expected 4000 bytes at byte"),
    TorchAttack(
      "packed and unpacked sizes that differ", torchFile { $0[1].packedSize = 23 }, .malformed,
      "member 1 of the ZIP directory: 'm/data/0': expected a stored member of 24 bytes, found 23"),
    TorchAttack(
      "a local header out of place", torchFile { $0[1].offset = 3 }, .malformed,
      "member 'm/data/0': expected a local header at byte 3, found other bytes"),
    TorchAttack(
      "a local header beyond the directory", torchFile { $0[1].offset = 0xFFFF_0000 }, .malformed,
      "member 'm/data/0': expected a local header before byte"),
    TorchAttack(
      "members that share bytes",
      torchFile {
        $0[2].name = "m/data/0"
        $0[2].localName = "m/version"
        $0[1].name = "m/version"
        $0[1].localName = "m/data/0"
        $0.append($0[0])
        $0[3].offset = 0
        $0[3].name = "m/data.pkl"
        $0[0].name = "m/more.pkl"
      }, .malformed, "member"),
    TorchAttack(
      "ZIP64 sizes that are missing", torchFile { $0[1].centralSize = .max }, .malformed,
      "member 1 of the ZIP directory: 'm/data/0': expected ZIP64 sizes"),
    TorchAttack(
      "ZIP64 sizes beyond the file",
      torchFile {
        $0[1].centralSize = .max
        $0[1].centralExtra = bytes([UInt16(1), 16]) + bytes([UInt64(1) << 62, 1 << 62])
      }, .malformed, "member 'm/data/0': expected 4611686018427387904 bytes"),
    TorchAttack(
      "ZIP64 sizes beyond Int",
      torchFile {
        $0[1].centralSize = .max
        $0[1].centralExtra = bytes([UInt16(1), 16]) + bytes([UInt64.max, .max])
      }, .malformed, "member 1 of the ZIP directory: 'm/data/0': expected sizes that fit a file"),
    TorchAttack(
      "a ZIP64 field cut off",
      torchFile {
        $0[1].centralSize = .max
        $0[1].centralExtra = bytes([UInt16(1), 400])
      }, .malformed, "member 1 of the ZIP directory: 'm/data/0': expected ZIP64 sizes"),
    TorchAttack(
      "ZIP64 end record of another count", torchFile(end: ZipEnd(wide: (9, nil, nil, nil, nil))), .malformed,
      "expected the ZIP64 end record to agree"),
    TorchAttack(
      "ZIP64 end record of another size",
      torchFile(end: ZipEnd(size: .max, wide: (nil, 1 << 63, nil, nil, nil))), .malformed,
      "expected the ZIP directory to end at byte"),
    TorchAttack(
      "ZIP64 offset and size whose sum overflows",
      torchFile(end: ZipEnd(size: .max, offset: .max, wide: (nil, .max, .max, nil, nil))), .malformed,
      "expected the ZIP directory to end at byte"),
    TorchAttack(
      "ZIP64 end record of another length", torchFile(end: ZipEnd(wide: (nil, nil, nil, 4, nil))), .malformed,
      "expected a ZIP64 end record before byte"),
    TorchAttack(
      "ZIP64 end record out of place", torchFile(end: ZipEnd(wide: (nil, nil, nil, nil, .max))), .malformed,
      "expected a ZIP64 end record before byte"),
    TorchAttack(
      "ZIP64 end record missing", torchFile(end: ZipEnd(offset: .max)), .malformed, "expected a ZIP64 end record"),
    TorchAttack(
      "more members than the directory holds",
      torchFile(end: ZipEnd(count: .max, wide: (1 << 40, nil, nil, nil, nil))), .malformed,
      "expected 1099511627776 members in the ZIP directory"),
    TorchAttack(
      "fewer members than the directory holds", torchFile(end: ZipEnd(count: 2)), .malformed,
      "expected a ZIP directory of"),
    TorchAttack(
      "a directory that ends early", torchFile(end: ZipEnd(size: 10)), .malformed, "expected the ZIP directory"),
    TorchAttack(
      "a name that is not UTF-8", notUTF8, .malformed, "member 1 of the ZIP directory: expected a name in UTF-8"),
    TorchAttack(
      "no pickle", torchFile { $0.removeFirst() }, .malformed,
      "expected one member NAME/data.pkl, as torch.save writes, found none"),
    TorchAttack(
      "two pickles", torchFile(more: [ZipPart("n/data.pkl", Pickle.plain)]), .malformed,
      "expected one member NAME/data.pkl, as torch.save writes, found 2"),
    TorchAttack(
      "big-endian", torchFile(more: [ZipPart("m/byteorder", "big")]), .unsupported,
      "byteorder: expected 'little', found 'big'"),
    TorchAttack(
      "a long byte order", torchFile(more: [ZipPart("m/byteorder", [UInt8](repeating: 0x6C, count: 999))]), .malformed,
      "byteorder: expected 'little', found 999 bytes"),
    TorchAttack(
      "a damaged pickle", torchFile { $0[0].crc = 1 }, .malformed, "member 'm/data.pkl': expected the checksum 00000001"
    ),
    TorchAttack(
      "a damaged storage", torchFile { $0[1].crc = 0x1234 }, .malformed,
      "member 'm/data/0': expected the checksum 00001234", verify: true),
  ]

  private static let notUTF8: [UInt8] = {
    var contents = plain
    let name = Array("m/data/0".utf8)
    let places = (0..<contents.count - 8).filter { Array(contents[$0..<$0 + 8]) == name }
    for place in places { contents[place] = 0xFF }
    return contents
  }()

  static let pickles: [TorchAttack] = [
    TorchAttack(
      "a global that runs programs", pickle: Pickle.whole(Pickle.global("os", "system") + Pickle.string("id")),
      .unsupported,
      "refused global 'os.system' at byte 2; nothing in a file is executed: save tensors alone, "
        + "torch.save(module.state_dict(), ...)"),
    TorchAttack(
      "a global by the stack",
      pickle: Pickle.whole(Pickle.string("builtins") + Pickle.string("eval") + [0x93]), .unsupported,
      "refused global 'builtins.eval' at byte 24"),
    TorchAttack(
      "a global with a line feed in its name",
      pickle: Pickle.whole(Pickle.string("os\nx") + Pickle.string("y") + [0x93]),
      .unsupported, #"refused global 'os\nx.y' at byte"#),
    TorchAttack(
      "a global without an end", pickle: [0x80, 2, 0x63] + [UInt8](repeating: 0x61, count: 5000),
      "expected a global's name"),
    TorchAttack(
      "INST", pickle: Pickle.whole(Array("(ios\nsystem\n".utf8)), .unsupported, "refused opcode INST at byte 3"),
    TorchAttack(
      "NEWOBJ", pickle: Pickle.whole(Pickle.global("torch", "FloatStorage") + Array(")".utf8) + [0x81]), .unsupported,
      "refused a new object of 'torch.FloatStorage'"),
    TorchAttack("EXT1", pickle: Pickle.whole([0x82, 1]), .unsupported, "refused opcode EXT1 at byte 2"),
    TorchAttack("no opcode", pickle: Pickle.whole([0xFF]), .unsupported, "refused opcode 0xff at byte 2"),
    TorchAttack("no bytes", pickle: [], .truncated, "expected more after byte 0, found the end"),
    TorchAttack("no STOP", pickle: [0x80, 2, 0x7D], .truncated, "expected more after byte 3, found the end"),
    TorchAttack("bytes after STOP", pickle: Pickle.plain + [0], "expected nothing after STOP, found 1 bytes"),
    TorchAttack("protocol 0", pickle: [0x80, 0, 0x7D, 0x2E], .unsupported, "expected pickle protocol 2 to 5, found 0"),
    TorchAttack("nothing on the stack", pickle: Pickle.whole([]), "expected one value at the end, found 0 and 0 marks"),
    TorchAttack("two values", pickle: Pickle.whole(Array("}}".utf8)), "expected one value at the end, found 2"),
    TorchAttack(
      "a stack without end", pickle: Pickle.whole([UInt8](repeating: 0x4E, count: 1 << 20 | 1)),
      "expected a stack of at most 1048576 values"),
    TorchAttack(
      "marks without end", pickle: Pickle.whole([UInt8](repeating: 0x28, count: 2000)),
      "expected at most 1024 marks, found more at byte 1026"),
    TorchAttack(
      "a memo out of range", pickle: Pickle.whole([0x68, 200]), "expected a value in the memo under 200, found none"),
    TorchAttack(
      "a long memo out of range", pickle: Pickle.whole([0x6A, 255, 255, 255, 255]),
      "expected a value in the memo under 4294967295"),
    TorchAttack("a memo of nothing", pickle: Pickle.whole([0x71, 0]), "expected a value on the stack, found none"),
    TorchAttack("a tuple of nothing", pickle: Pickle.whole([0x87]), "expected 3 values on the stack, found 0"),
    TorchAttack(
      "a tuple through a mark", pickle: Pickle.whole(Array("}(".utf8) + [0x85]),
      "expected 1 values on the stack, found 0"),
    TorchAttack("no mark", pickle: Pickle.whole(Array("}u".utf8)), "expected a mark on the stack, found none"),
    TorchAttack(
      "items of an int", pickle: Pickle.whole(Array("K\u{1}(u".utf8)), "expected a dict to set items of, found an int"),
    TorchAttack(
      "a key without a value", pickle: Pickle.whole(Array("}(Nu".utf8)), "expected pairs of keys and values, found 1"),
    TorchAttack(
      "an append to a dict", pickle: Pickle.whole(Array("}Na".utf8)), "expected a list to append to, found a dict"),
    TorchAttack(
      "a string that is cut off", pickle: [0x80, 2, 0x58, 255, 255, 255, 255, 0x61], .truncated,
      "expected more after byte 2"),
    TorchAttack("a string that is not UTF-8", pickle: Pickle.whole([0x8C, 1, 0xFF]), "expected a string in UTF-8"),
    TorchAttack(
      "a call of a string", pickle: Pickle.whole(Pickle.string("f") + Array(")R".utf8)), .unsupported,
      "refused a call of a string"),
    TorchAttack(
      "a call of a storage type", pickle: Pickle.whole(Pickle.global("torch", "FloatStorage") + Array(")R".utf8)),
      .unsupported,
      "refused a call of 'torch.FloatStorage'"),
    TorchAttack(
      "attributes of a list", pickle: Pickle.whole(Array("]}b".utf8)), .unsupported, "refused opcode BUILD of a list"),
    TorchAttack(
      "a persistent id of a string", pickle: Pickle.whole(Pickle.string("x") + Array("Q".utf8)),
      "expected a persistent id"),
    TorchAttack(
      "a negative storage", pickle: Pickle.whole(Pickle.dict(("w", Pickle.storage("0", -6)))),
      "expected a persistent id"),
    TorchAttack(
      "a dict inside itself",
      pickle: Pickle.whole(Array("}q".utf8) + [0] + Pickle.string("a") + Array("h".utf8) + [0] + Array("s".utf8)),
      .unsupported, "expected at most 1048576 values at a depth of at most 64"),
    TorchAttack("lists that double", pickle: doubling, .unsupported, "expected at most 1048576 values"),
    TorchAttack(
      "names without end", pickle: longNames, .unsupported, "expected names of at most 67108864 bytes in all"),
    TorchAttack(
      "a name twice", pickle: twice("w", "w"), "expected each tensor under a name of its own, found 'w' again"),
    TorchAttack(
      "a name in two spellings", pickle: twice("\u{e9}", "e\u{301}"),
      "expected each tensor under a name of its own, found 'e\u{301}' again, differing only in how accents are written"),
    TorchAttack(
      "a tensor of 65 dimensions",
      pickle: Pickle.whole(Pickle.tensor(storage, 0, [Int](repeating: 1, count: 65), [Int](repeating: 1, count: 65))),
      "expected _rebuild_tensor_v2"),
  ]

  /// 30 lists, each holding the one before twice: 2^30 values to walk.
  private static let doubling: [UInt8] = {
    var pickle = Array("N".utf8)
    for i in 0..<30 { pickle += [0x71, UInt8(i), 0x68, UInt8(i), 0x86] }
    return Pickle.whole(pickle)
  }()

  /// A name of 4000 bytes before each of a million values.
  private static let longNames: [UInt8] = {
    let values = Array("]q".utf8) + [0] + Array("(".utf8) + [UInt8](repeating: 0x4E, count: 1000) + Array("e".utf8)
    let list = Array("](".utf8) + values + (0..<999).flatMap { _ in Array("h".utf8) + [0] } + Array("e".utf8)
    return Pickle.whole(Pickle.dict((String(repeating: "k", count: 4000), list)))
  }()

  private static func twice(_ a: String, _ b: String) -> [UInt8] {
    let tensor = Pickle.tensor(storage, 0, [6], [1])
    return Pickle.whole(Pickle.dict((a, tensor), (b, tensor)))
  }

  static let views: [TorchAttack] = [
    TorchAttack(
      "a storage that is missing", view: Pickle.tensor(Pickle.storage("7", 6), 0, [6], [1]),
      "expected a member 'm/data/7', found none"),
    TorchAttack(
      "a storage outside its folder", view: Pickle.tensor(Pickle.storage("../version", 6), 0, [6], [1]),
      "expected a member 'm/data/../version', found none"),
    TorchAttack(
      "a storage of another size", view: Pickle.tensor(Pickle.storage("0", 7), 0, [6], [1]),
      "expected a storage of 7 float32, found 24 bytes"),
    TorchAttack(
      "a storage of another type", view: Pickle.tensor(Pickle.storage("0", 6, "DoubleStorage"), 0, [6], [1]),
      "expected a storage of 6 float64, found 24 bytes"),
    TorchAttack(
      "a storage whose size overflows", view: Pickle.tensor(Pickle.storage("0", .max), 0, [6], [1]),
      "expected a storage of 9223372036854775807"),
    TorchAttack(
      "strides beyond the storage", view: Pickle.tensor(storage, 0, [2, 3], [4, 1]),
      "expected a view inside its storage of 6"),
    TorchAttack(
      "an offset beyond the storage", view: Pickle.tensor(storage, 1, [2, 3], [3, 1]),
      "expected a view inside its storage of 6"),
    TorchAttack(
      "a negative stride", view: Pickle.tensor(storage, 5, [6], [-1]),
      "expected sizes and strides of one length, none negative"),
    TorchAttack(
      "a negative size", view: Pickle.tensor(storage, 0, [-1], [1]),
      "expected sizes and strides of one length, none negative"),
    TorchAttack(
      "a negative offset", view: Pickle.tensor(storage, -1, [6], [1]),
      "expected sizes and strides of one length, none negative"),
    TorchAttack(
      "more sizes than strides", view: Pickle.tensor(storage, 0, [2, 3], [3]),
      "expected sizes and strides of one length"),
    TorchAttack(
      "sizes whose product overflows", view: Pickle.tensor(storage, 0, [1 << 40, 1 << 40], [0, 0]),
      "expected sizes and strides of one length"),
    TorchAttack(
      "strides whose sum overflows", view: Pickle.tensor(storage, 0, [2, 2, 2], [.max, .max, 1]),
      "expected a view inside its storage of 6"),
    TorchAttack(
      "a stride whose product overflows", view: Pickle.tensor(storage, 0, [5], [.max / 2]),
      "expected a view inside its storage of 6"),
  ]

  @Test(arguments: archives + pickles + views)
  func isRefused(_ attack: TorchAttack) throws {
    let folder = Folder()
    let path = folder.write(attack.contents, to: "model.pt")
    let error = try #require(fileError { _ = try TorchFile(path: path, verify: attack.verify) })
    #expect(error.code == attack.code, "\(error)")
    #expect(error.description.hasPrefix("\(path): \(attack.says)"), "\(error)")
    #expect(!error.description.contains { $0.isNewline })
  }

  @Test func partsMakeAFile() throws {
    let folder = Folder()
    for (index, end) in [ZipEnd(), ZipEnd(wide: (nil, nil, nil, nil, nil)), ZipEnd(comment: [80, 75, 5, 6])]
      .enumerated()
    {
      let path = folder.write(torchFile(end: end), to: "\(index).pt")
      let file = try TorchFile(path: path, verify: true)
      #expect(try file.tensor("w", as: Float.self) == Tensor([2, 3], [0, 1, 2, 3, 4, 5]))
    }
    #expect(
      try TorchFile(path: folder.write(torchFile(more: [ZipPart("m/byteorder", "little")]), to: "l.pt")).entries.count
        == 1)
  }

  /// Every byte of a small file changed in several ways: an error or a file, never a crash.
  @Test func noChangedByteCrashes() throws {
    let folder = Folder()
    var opened = 0
    for place in Self.plain.indices {
      for change: UInt8 in [0x01, 0x80, 0xFF] {
        var contents = Self.plain
        contents[place] ^= change
        let path = folder.write(contents, to: "changed.pt")
        guard let file = try? TorchFile(path: path, io: .read) else { continue }
        opened += 1
        for entry in file.entries { _ = try? file.tensor(entry.name, as: Float.self) }
      }
    }
    #expect(opened > 0 && opened < 3 * Self.plain.count)
  }
}
