import AdaptiveSoftmax
import Foundation
import Testing

@testable import TensorFiles

struct SafetensorsFileTests {
  let folder = Folder()

  // MARK: - A file by the reference writer

  @Test(arguments: IOMode.allCases)
  func readsEveryTypeOfTheReferenceWriter(io: IOMode) throws {
    let file = try SafetensorsFile(path: fixture("safetensors/mixed.safetensors"), io: io)
    #expect(file.metadata == ["format": "np"])
    #expect(file.isMapped || io != .mmap)
    #expect(!file.isMapped || io != .read)
    for type in ["float16", "bfloat16", "float32", "float64"] {
      #expect(file[type]?.elementType.name == type)
      #expect(try file.tensor(type, as: Float.self).scalars == [0, 1, 2, 3, 4, 5])
      #expect(try file.tensor(type, as: Double.self).scalars == [0, 1, 2, 3, 4, 5])
      #expect(try file.tensor(type, as: Float16.self).scalars == [0, 1, 2, 3, 4, 5])
      #expect(try file.tensor(type, as: BFloat16.self).scalars == [0, 1, 2, 3, 4, 5])
    }
    for type in ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"] {
      #expect(file[type]?.elementType.name == type)
      #expect(try file.tensor(type, as: Int.self).scalars == [0, 1, 2, 3, 4, 5])
      #expect(try file.tensor(type, as: Int32.self).scalars == [0, 1, 2, 3, 4, 5])
      #expect(try file.tensor(type, as: UInt8.self).scalars == [0, 1, 2, 3, 4, 5])
    }
    #expect(try file.tensor("bool", as: UInt8.self).scalars == [0, 1, 1, 1, 1, 1])
    #expect(try file.tensor("scalar", as: Float.self).shape == [])
    #expect(try file.tensor("empty", as: Float.self).shape == [2, 0])
    #expect(try file.tensor("na\"me\n\\\u{e9}\u{1}", as: Float.self).scalars == [1.5])
    #expect(file["na\"me\n\\e\u{301}\u{1}"] == nil)
    for entry in file.entries {
      let raw = try file.withUnsafeBytes(of: entry.name) { Array($0) }
      #expect(
        raw
          == Array(contents(file.path)[(file.dataOffset + entry.byteRange.lowerBound)...].prefix(entry.byteRange.count))
      )
    }
  }

  @Test func readsUnalignedDataAndOddBooleans() throws {
    let unaligned = folder.write(
      safetensors(
        Array((#"{"a":"# + entry("F64", "[2]", "[0,16]") + "}  ").utf8), data: bytes([Double.pi.bitPattern, 0])),
      to: "unaligned")
    #expect(try SafetensorsFile(path: unaligned).tensor("a", as: Double.self).scalars == [.pi, 0])
    #expect(try SafetensorsFile(path: unaligned).tensor("a", as: Float.self).scalars == [Float(Double.pi), 0])
    let booleans = folder.write(safetensors(#"{"a":"# + entry("BOOL", "[3]", "[0,3]") + "}", data: 3), to: "booleans")
    #expect(try SafetensorsFile(path: booleans).tensor("a", as: Int32.self).scalars == [0, 1, 1])
  }

  // MARK: - Attacks

  /// test_json_attack and attacks/abuse_attempt_2 and 3: many tensors on the same bytes.
  @Test(arguments: [10, 20_000])
  func refusesManyTensorsOnTheSameBytes(count: Int) throws {
    let header =
      "{" + (0..<count).map { "\"weight_\($0)\":" + entry("F32", "[2,2]", "[0,16]") }.joined(separator: ",") + "}"
    let path = folder.write(safetensors(header, data: 16), to: "a.safetensors")
    let error = fileError { _ = try SafetensorsFile(path: path) }
    #expect(error?.code == .malformed)
    #expect(error?.description.hasSuffix("found 0: the ranges overlap") == true)
  }

  @Test(arguments: ["{", "["])
  func refusesDeepNesting(opening: String) throws {
    let nest = String(repeating: opening == "{" ? "{\"a\":" : "[", count: 200_000)
    let inner = folder.write(safetensors(#"{"a":{"x":"# + nest), to: "inner.safetensors")
    #expect(
      fileError { _ = try SafetensorsFile(path: inner) }?.description.contains(
        "tensor 'a': expected values nested at most 8 deep") == true)
    let outer = folder.write(safetensors(nest), to: "outer.safetensors")
    #expect(fileError { _ = try SafetensorsFile(path: outer) }?.code == .malformed)
  }

  /// The limit is inclusive: a header of 100,000,000 bytes is read, and found to be no JSON; one byte more is not read.
  @Test func limitsTheHeader() throws {
    for (length, message) in [
      (100_000_000, "header: expected nothing but spaces after the closing brace, found"),
      (100_000_001, "expected a safetensors header of 1 to 100000000 bytes, found one of 100000001"),
    ] {
      folder.write(safetensors("{}", length: UInt64(length)), to: "a.safetensors")
      folder.truncate("a.safetensors", to: 8 + length)
      let error = fileError { _ = try SafetensorsFile(path: folder["a.safetensors"]) }
      #expect(error?.code == .malformed)
      #expect(error?.description.contains(message) == true)
    }
  }

  @Test func limitsNames() throws {
    for (length, isAccepted) in [(4096, true), (4097, false)] {
      let name = String(repeating: "n", count: length)
      let path = folder.write(safetensors("{\"\(name)\":" + entry("U8", "[0]", "[0,0]") + "}"), to: "a.safetensors")
      let error = fileError { _ = try SafetensorsFile(path: path) }
      #expect((error == nil) == isAccepted)
      let shown = "'\(String(repeating: "n", count: 80))...'"
      #expect(
        isAccepted
          || error?.description == "\(path): header: expected a name of at most 4096 bytes, found \(shown) of 4097")
    }
  }

  /// A million accents on one letter are refused before anything compares them.
  @Test func limitsNamesOfMetadata() throws {
    let name = "e" + String(repeating: "\u{301}\u{323}", count: 1 << 19)
    for header in ["{\"__metadata__\":{\"\(name)\":\"\"}}", "{\"\(name)\":{}}"] {
      let error = fileError { _ = try SafetensorsFile(path: folder.write(safetensors(header), to: "a.safetensors")) }
      #expect(error?.code == .unsupported)
      #expect(error?.description.hasSuffix(" of \(name.utf8.count)") == true)
    }
  }

  /// test_metadata_incomplete_buffer: a suffix makes another file of it, two bytes less make it incomplete.
  @Test func survivesEveryCutAndEveryChangedByte() throws {
    let header =
      #"{"__metadata__":{"k":"v"},"a":"# + entry("F32", "[2]", "[0,8]") + #","b":"# + entry("I64", "[1]", "[8,16]")
      + "}"
    let whole = safetensors(header, data: 16)
    let readable = whole.indices.filter { length in
      (try? SafetensorsFile(path: folder.write(Array(whole[..<length]), to: "a.safetensors"))) != nil
    }
    #expect(readable == [])
    #expect(fileError { _ = try SafetensorsFile(path: folder.write(whole + [0], to: "a.safetensors")) } != nil)
    for index in whole.indices.prefix(whole.count - 16) {
      for value: UInt8 in [0, 0x20, 0x22, 0x30, 0x39, 0x5C, 0x5D, 0x7B, 0xFF] {
        var changed = whole
        changed[index] = value
        guard let file = try? SafetensorsFile(path: folder.write(changed, to: "a.safetensors")) else { continue }
        #expect(file.entries.reduce(0) { $0 + $1.byteRange.count } == 16)
        for entry in file.entries {
          #expect((try? file.tensor(entry.name, as: Float.self))?.shape ?? entry.shape == entry.shape)
        }
      }
    }
  }

  // MARK: - Use

  @Test func refusesTensorsThatAreNotThereOrOfAnotherKind() throws {
    let file = try SafetensorsFile(path: fixture("safetensors/mixed.safetensors"))
    let path = file.path
    #expect(
      fileError { _ = try file.tensor("float", as: Float.self) }
        == FileError(
          .malformed, path: path,
          "expected a tensor 'float', found 'uint64', 'int64', 'float64', 'empty', 'float32', 'na\"me\\n\\é\\u{1}', 'scalar', 'uint32', ..."
        ))
    #expect(
      fileError { _ = try file.tensor("float32", as: Int32.self) }
        == FileError(.unsupported, path: path, "tensor 'float32': expected integers, found float32"))
    #expect(
      fileError { _ = try file.tensor("int64", as: Float.self) }
        == FileError(
          .unsupported, path: path, "tensor 'int64': expected floats (float16, bfloat16, float32, float64), found int64"
        ))
    let nothing = try SafetensorsFile(path: folder.write(safetensors("{}"), to: "nothing"))
    #expect(
      fileError { _ = try nothing.entry(named: "a") }?.description.hasSuffix("expected a tensor 'a', found no tensors")
        == true)
  }

  @Test func refusesIntegersThatDoNotFitAndSizesBeyondInt() throws {
    let big = folder.write(
      safetensors(Array((#"{"a":"# + entry("I64", "[2]", "[0,16]") + "}").utf8), data: bytes([1, Int64.max])), to: "big"
    )
    #expect(
      fileError { _ = try SafetensorsFile(path: big).tensor("a", as: Int32.self) }?.description
        == "\(big): tensor 'a': element 1: expected a number that int32 can hold, found 9223372036854775807")
    let zero = folder.write(
      safetensors(#"{"a":"# + entry("F32", "[0,18446744073709551615]", "[0,0]") + "}"), to: "zero")
    #expect(fileError { _ = try SafetensorsFile(path: zero).tensor("a", as: Float.self) }?.code == .unsupported)
  }

  @Test(arguments: [IOMode.read, .mmap])
  func noticesAFileCutOffAfterOpening(io: IOMode) throws {
    let path = folder.write(safetensors(#"{"a":"# + entry("F32", "[1000]", "[0,4000]") + "}", data: 4000), to: "a")
    let file = try SafetensorsFile(path: path, io: io)
    folder.truncate("a", to: 1000)
    #expect(fileError { _ = try file.tensor("a", as: Float.self) }?.code == .truncated)
    #expect(fileError { _ = try file.tensor("a", as: Double.self) }?.code == .truncated)
    #expect(fileError { try file.withUnsafeBytes(of: "a") { _ in } }?.code == .truncated)
  }

  @Test func keepsAMappingWhenTheFileIsReplaced() throws {
    let path = folder["a.safetensors"]
    try Safetensors.write([("a", AnyTensorData(Tensor<Float>([3], [1, 2, 3])))], to: path)
    let file = try SafetensorsFile(path: path, io: .mmap)
    try Safetensors.write([("a", AnyTensorData(Tensor<Float>([3], [7, 8, 9])))], to: path, overwrite: true)
    #expect(try file.withUnsafeBytes(of: "a") { $0.loadUnaligned(fromByteOffset: 4, as: Float.self) } == 2)
    #expect(try file.tensor("a", as: Float.self).scalars == [1, 2, 3])
    #expect(try SafetensorsFile(path: path).tensor("a", as: Float.self).scalars == [7, 8, 9])
  }
}
