import AdaptiveSoftmax
import TensorFiles
import Testing

@Suite struct TorchFileTests {
  @Test func namesNestedValues() throws {
    let file = try TorchFile(path: fixture("conversion/nested.pt"), verify: true)
    let prefix = "model.decoder.adaptive_softmax."
    #expect(
      file.entries.map(\.name) == [
        prefix + "head.weight", prefix + "head.bias", prefix + "tail.0.0.weight", prefix + "tail.0.1.weight",
        prefix + "tail.1.0.weight", prefix + "tail.1.1.weight", "model.decoder.embed.weight", "model.decoder.scale",
        "model.decoder.mask", "model.decoder.parameter", "model.decoder.wide_mask", "model.decoder.empty",
        "history.1.1",
      ])
    #expect(
      file.skipped.map { "\($0.name): \($0.kind)" } == [
        "epoch: an int", "best: a float", "done: a bool", "note: a string", "none: None", "long: an int",
        "large: an int", "history.0: an int", "history.1.0: an int",
      ])
  }

  @Test(arguments: [IOMode.mmap, .read])
  func readsEveryType(io: IOMode) throws {
    let file = try TorchFile(path: fixture("conversion/nested.pt"), io: io)
    #expect(file.isMapped == (io == .mmap))
    #expect(try file.tensor("model.decoder.embed.weight", as: Int64.self).scalars == [0, 1, 2, 3, 4, 5])
    #expect(try file.tensor("model.decoder.embed.weight", as: Int32.self).shape == [2, 3])
    let scale = try file.tensor("model.decoder.scale", as: Float.self)
    #expect(scale.shape == [] && scale.scalars == [0.5])
    #expect(try file.tensor("model.decoder.mask", as: UInt8.self).scalars == [1, 0])
    #expect(try file.tensor("model.decoder.parameter", as: Float.self).scalars == [1, 1])
    #expect(try file.tensor("model.decoder.empty", as: Float.self).shape == [0, 3])
    #expect(try file.tensor("history.1.1", as: Int64.self).scalars == [7, -8])
    #expect(file["model.decoder.scale"]?.elementType == .float64)
    #expect(file["model.decoder.parameter"]?.elementType == .bfloat16)
    #expect(file["history.1.1"]?.elementType == .int32)
  }

  /// Strided views against the same numbers found by hand in their storage.
  @Test(arguments: [IOMode.mmap, .read])
  func gathersStridedViews(io: IOMode) throws {
    let file = try TorchFile(path: fixture("conversion/strided.pt"), io: io, verify: true)
    let head = try file.entry(named: "head.weight")
    #expect(head.shape == [11, 12] && head.strides == [1, 11] && head.offset == 0)
    let weight = try file.tensor("head.weight", as: Float.self).scalars
    let bytes = try file.withUnsafeBytes(of: "head.weight") { Array($0) }
    #expect(weight.withUnsafeBytes { Array($0) } == bytes)
    #expect(Set(weight).count == weight.count)
    let raw = contents(fixture("conversion/strided.pt"))
    let storage = firstOccurrence(of: weight[0], in: raw)
    for row in 0..<11 {
      for column in 0..<12 {
        let place = storage + 4 * (column * 11 + row)
        let scalar = raw[place..<place + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        #expect(Float(bitPattern: scalar) == weight[row * 12 + column])
      }
    }
    let tails = file.entries.filter { $0.name.hasPrefix("tail") }
    #expect(Set(tails.map(\.storageKey)).count == 1)
    #expect(tails.map(\.offset) == [3, 3 + 72, 3 + 72 + 66, 3 + 72 + 66 + 36])
    #expect(file["head.bias"]?.strides == [5])
  }

  private func firstOccurrence(of scalar: Float, in raw: [UInt8]) -> Int {
    let pattern = bytes([scalar.bitPattern])
    return (0..<raw.count - 4).first { Array(raw[$0..<$0 + 4]) == pattern } ?? 0
  }

  @Test func tellsWhatIsWrongWithARequest() throws {
    let file = try TorchFile(path: fixture("conversion/nested.pt"))
    let path = fixture("conversion/nested.pt")
    #expect(
      fileError { _ = try file.tensor("missing", as: Float.self) }?.description.hasPrefix(
        "\(path): expected a tensor 'missing', found 'model.decoder.adaptive_softmax.head.weight', ") == true)
    #expect(
      fileError { _ = try file.tensor("model.decoder.mask", as: Float.self) }
        == FileError(
          .unsupported, path: path,
          "tensor 'model.decoder.mask': expected floats (float16, bfloat16, float32, float64), found bool"))
    #expect(
      fileError { _ = try file.tensor("history.1.1", as: UInt8.self) }
        == FileError(
          .malformed, path: path,
          "tensor 'history.1.1': element 1: expected a number that uint8 can hold, found -8"))
    #expect(
      fileError { try file.withUnsafeBytes(of: "model.decoder.wide_mask") { _ in } }
        == FileError(
          .unsupported, path: path,
          "tensor 'model.decoder.wide_mask': expected at most the 1 elements of its storage, found an expanded view of 16"
        ))
  }

  @Test func opensEitherFormatByItsContents() throws {
    #expect(try openTensorFile(path: fixture("conversion/pytorch.pt")) is TorchFile)
    #expect(try openTensorFile(path: fixture("conversion/fairseq.safetensors")) is SafetensorsFile)
    let folder = Folder()
    let old = folder.write(
      [0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E], to: "old.pt")
    #expect(
      fileError { _ = try openTensorFile(path: old) }?.description
        == "\(old): expected a safetensors or .pt file of named tensors, found a pickle, as torch.save wrote before PyTorch 1.6 and others do; load it and save it again"
    )
  }

  /// Of a dimension of one element the stride says nothing, however large it is.
  @Test(arguments: [IOMode.mmap, .read])
  func stridesOfSingleElementsAreAny(io: IOMode) throws {
    let folder = Folder()
    for (shape, strides, scalars) in [
      ([3, 1], [2, Int.max], [0, 2, 4]), ([1, 3], [.max, 2], [0, 2, 4]),
      ([1, 2, 1, 2], [.max, 1, .max, 3], [0, 3, 1, 4]),
      ([1], [.max], [0]),
    ] as [([Int], [Int], [Float])] {
      let view = Pickle.tensor(Pickle.storage("0", 6), 0, shape, strides)
      let path = folder.write(torchFile(Pickle.whole(Pickle.dict(("w", view)))), to: "a.pt")
      #expect(try TorchFile(path: path, io: io).tensor("w", as: Float.self) == Tensor(shape, scalars))
    }
  }

  /// torch.serialization.set_crc32_options(False) has torch.save write 0 for every checksum.
  @Test func checksumsMayBeLeftOut() throws {
    let folder = Folder()
    let path = folder.write(torchFile { for i in $0.indices { $0[i].crc = 0 } }, to: "a.pt")
    #expect(try TorchFile(path: path, verify: true).tensor("w", as: Float.self).scalars == [0, 1, 2, 3, 4, 5])
  }

  /// What a checkpoint holds beside tensors that are read is skipped, and named.
  @Test func valuesOfOtherKindsAreSkipped() throws {
    let folder = Folder()
    let orderedDict = Pickle.global("collections", "OrderedDict") + Array(")R".utf8)
    let untyped = Pickle.tuple(
      Pickle.string("storage"), Pickle.global("torch.storage", "UntypedStorage"), Pickle.string("1"),
      Pickle.string("cpu"), Pickle.int(4))
    let float8 =
      Pickle.global("torch._utils", "_rebuild_tensor_v3")
      + Pickle.tuple(
        untyped + Array("Q".utf8), Pickle.int(0), Pickle.ints([4]), Pickle.ints([1]), [0x89], orderedDict,
        Pickle.global("torch", "float8_e4m3fn")) + Array("R".utf8)
    let complex = Pickle.tensor(Pickle.storage("1", 1, "ComplexDoubleStorage"), 0, [1], [1])
    let parameter =
      Pickle.global("torch._utils", "_rebuild_parameter") + Pickle.tuple(complex, [0x89], orderedDict)
      + Array("R".utf8)
    let pickle = Pickle.dict(
      ("w", Pickle.tensor(Pickle.storage("0", 6), 0, [6], [1])),
      ("keys", Array("}(".utf8) + Pickle.ints([1, 2]) + Pickle.int(3) + [0x4E, 0x4B, 7] + Array("u".utf8)),
      ("size", Pickle.global("torch", "Size") + Pickle.tuple(Pickle.ints([1, 2])) + Array("R".utf8)),
      (
        "device",
        Pickle.global("torch", "device") + Pickle.tuple(Pickle.string("cuda"), Pickle.int(0)) + Array("R".utf8)
      ),
      ("dtype", Pickle.global("torch", "float32")), ("float8", float8), ("complex", complex), ("parameter", parameter))
    let path = folder.write(
      torchFile(Pickle.whole(pickle), more: [ZipPart("m/data/1", [UInt8](repeating: 0, count: 16))]), to: "a.pt")
    let file = try TorchFile(path: path)
    #expect(file.entries.map(\.name) == ["w"])
    #expect(
      file.skipped.map { "\($0.name): \($0.kind)" } == [
        "keys: a value under a tuple", "keys: a value under None", "size: 'torch.Size'", "device: 'torch.device'",
        "dtype: 'torch.float32'", "float8: 'torch._utils._rebuild_tensor_v3'", "complex: 'torch.ComplexDoubleStorage'",
        "parameter: 'torch.ComplexDoubleStorage'",
      ])
  }

  /// What trainers keep beside the weights: settings, counters, sets, NumPy's numbers and arrays.
  @Test func settingsBesideTheWeights() throws {
    let folder = Folder()
    func call(_ module: String, _ name: String, _ arguments: [UInt8]...) -> [UInt8] {
      Pickle.global(module, name) + Pickle.tuple(arguments.flatMap(\.self)) + Array("R".utf8)
    }
    let dtype =
      call("numpy", "dtype", Pickle.string("f8")) + Pickle.tuple(Pickle.int(3), Pickle.string("<")) + Array("b".utf8)
    let pickle = Pickle.dict(
      (
        "args",
        Pickle.global("argparse", "Namespace") + Array(")".utf8) + [0x81] + Pickle.dict(("lr", Pickle.int(1)))
          + Array("b".utf8)
      ),
      (
        "seen",
        call("collections", "defaultdict", Pickle.global("__builtin__", "list")) + Array("(".utf8)
          + Pickle.string("a") + Pickle.int(1) + Array("u".utf8)
      ),
      ("set", call("__builtin__", "set", Array("]".utf8) + Pickle.int(1) + Array("a".utf8))),
      ("best", call("numpy.core.multiarray", "scalar", dtype, call("_codecs", "encode", Pickle.string("x")))),
      ("w", Pickle.tensor(Pickle.storage("0", 6), 0, [6], [1])))
    let path = folder.write(torchFile(Pickle.whole(pickle)), to: "a.pt")
    let file = try TorchFile(path: path)
    #expect(file.entries.map(\.name) == ["w"])
    #expect(
      file.skipped.map { "\($0.name): \($0.kind)" } == [
        "args: 'argparse.Namespace'", "seen.a: an int", "set: '__builtin__.set'",
        "best: 'numpy.core.multiarray.scalar'",
      ])
  }

  /// A tensor in a value that is skipped may be the head that is meant.
  @Test(arguments: ["Namespace", "deque"])
  func hiddenTensorsAreRefused(kind: String) throws {
    let folder = Folder()
    let tensor = Pickle.tensor(Pickle.storage("0", 6), 0, [6], [1])
    let module = kind == "deque" ? "collections" : "argparse"
    var holder = Pickle.global(module, kind) + Array(")".utf8)
    if kind == "deque" {
      holder += Array("R".utf8) + tensor + Array("a".utf8)
    } else {
      holder += [0x81] + Pickle.dict(("w", tensor)) + Array("b".utf8)
    }
    let pickle = Pickle.dict(("v", tensor), ("model", holder))
    let path = folder.write(torchFile(Pickle.whole(pickle)), to: "a.pt")
    let error = #expect(throws: FileError.self) { try TorchFile(path: path) }
    #expect(error?.description.contains("found 1 elsewhere, where 'model' is '\(module).\(kind)'") == true)
  }

  @Test func tensorsUnderOtherKeysAreRefused() throws {
    let folder = Folder()
    let tensor = Pickle.tensor(Pickle.storage("0", 6), 0, [6], [1])
    let path = folder.write(
      torchFile(Pickle.whole(Array("}(".utf8) + Pickle.ints([1, 2]) + tensor + Array("u".utf8))), to: "a.pt")
    #expect(throws: FileError.self) { try TorchFile(path: path) }
  }

  /// What stands where weights do and is none is a weight of a type that none can have: a head does without no part silently.
  @Test func whatMayBeWeightsIsNoSetting() throws {
    let folder = Folder()
    let array = Pickle.global("numpy.core.multiarray", "_reconstruct") + Pickle.tuple(Pickle.int(0)) + Array("R".utf8)
    let numbers = Array("](".utf8) + Pickle.int(1) + Pickle.int(2) + Array("e".utf8)
    let path = folder.write(
      torchFile(
        Pickle.whole(
          Pickle.dict(
            ("w", Pickle.tensor(Pickle.storage("0", 6), 0, [6], [1])), ("head.bias", array), ("tail.0.1.bias", numbers),
            ("bias", Pickle.int(1)), ("best", array)))), to: "a.pt")
    let weights = FileWeights(try TorchFile(path: path)).weights
    #expect(
      weights.map { "\($0.name): \($0.typeName)" } == [
        "w: float32", "head.bias: 'numpy.core.multiarray._reconstruct'", "tail.0.1.bias.0: an int",
        "tail.0.1.bias.1: an int",
      ])
    #expect(weights.dropFirst().allSatisfy { $0.type == nil })
  }
}
