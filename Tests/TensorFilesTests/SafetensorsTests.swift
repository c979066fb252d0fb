import AdaptiveSoftmax
import Testing

@testable import TensorFiles

struct SafetensorsTests {
  let folder = Folder()

  /// The same bytes as the reference writer's for every type, name, order and padding.
  @Test func writesTheBytesOfTheReferenceWriter() throws {
    let file = try SafetensorsFile(path: fixture("safetensors/mixed.safetensors"))
    let tensors = try file.entries.sorted { $0.name < $1.name }.map { entry in
      let raw = try file.withUnsafeBytes(of: entry.name) { Array($0) }
      return (entry.name, try #require(AnyTensorData(bytes: raw, elementType: entry.elementType, shape: entry.shape)))
    }
    try Safetensors.write(tensors, metadata: file.metadata, to: folder["a.safetensors"])
    #expect(folder.bytes(of: "a.safetensors") == contents(file.path))
  }

  @Test func roundTripsMixedTypes() throws {
    let path = folder["a.safetensors"]
    let name = "\u{1}\u{8}\u{C}\t\r\n\"\\/é\u{1F600}"
    try Safetensors.write(
      [
        ("f32", AnyTensorData(Tensor<Float>([2, 2], [.pi, -0.0, .infinity, 1]))),
        ("f64", AnyTensorData(Tensor<Double>([1], [.pi]))),
        ("f16", AnyTensorData(Tensor<Float16>([3], [1, 2, 3]))),
        ("bf16", AnyTensorData(Tensor<BFloat16>([1], [1.5]))),
        ("int", AnyTensorData(Tensor<Int>([1], [-1]))),
        ("i64", AnyTensorData(Tensor<Int64>([1], [.min]))),
        ("i32", AnyTensorData(Tensor<Int32>([1], [.min]))),
        ("i16", AnyTensorData(Tensor<Int16>([1], [.min]))),
        ("i8", AnyTensorData(Tensor<Int8>([1], [.min]))),
        ("u64", AnyTensorData(Tensor<UInt64>([1], [.max]))),
        ("u32", AnyTensorData(Tensor<UInt32>([1], [.max]))),
        ("u16", AnyTensorData(Tensor<UInt16>([1], [.max]))),
        ("u8", AnyTensorData(Tensor<UInt8>([3], [1, 2, 3]))),
        (name, AnyTensorData(Tensor<Float>([], [2.5]))),
        ("", AnyTensorData(Tensor<Float>([0, 3], []))),
      ],
      metadata: ["b": "x\n", "a": "\u{2}", name: name], to: path)
    let file = try SafetensorsFile(path: path)
    #expect(file.dataOffset % 8 == 0)
    #expect(file.metadata == ["b": "x\n", "a": "\u{2}", name: name])
    #expect(
      file.entries.map(\.name)
        == ["u64", "i64", "int", "f64", "", name, "f32", "u32", "i32", "bf16", "f16", "u16", "i16", "i8", "u8"])
    #expect(try file.tensor("f32", as: Float.self).scalars == [.pi, -0.0, .infinity, 1])
    #expect(try file.tensor("f64", as: Double.self).scalars == [.pi])
    #expect(try file.tensor("f16", as: Float16.self).scalars == [1, 2, 3])
    #expect(try file.tensor("bf16", as: BFloat16.self).scalars == [1.5])
    #expect(try file.tensor("int", as: Int.self).scalars == [-1])
    #expect(try file.tensor("i64", as: Int64.self).scalars == [.min])
    #expect(try file.tensor("i32", as: Int32.self).scalars == [.min])
    #expect(try file.tensor("i16", as: Int16.self).scalars == [.min])
    #expect(try file.tensor("i8", as: Int8.self).scalars == [.min])
    #expect(try file.tensor("u64", as: UInt64.self).scalars == [.max])
    #expect(try file.tensor("u32", as: UInt32.self).scalars == [.max])
    #expect(try file.tensor("u16", as: UInt16.self).scalars == [.max])
    #expect(try file.tensor("u8", as: UInt8.self).scalars == [1, 2, 3])
    #expect(try file.tensor(name, as: Float.self).scalars == [2.5])
    #expect(try file.tensor("", as: Float.self).shape == [0, 3])
  }

  @Test func writesNothingAndReadsIt() throws {
    try Safetensors.write([], to: folder["a"])
    #expect(folder.bytes(of: "a") == bytes([UInt64(8)]) + Array("{}      ".utf8))
    #expect(try SafetensorsFile(path: folder["a"]).entries == [])
  }

  @Test func refusesNamesGivenTwiceOrReserved() throws {
    let one = AnyTensorData(Tensor<Float>([1], [1]))
    for (names, found) in [
      (["a", "a"], "'a' again"), (["__metadata__"], "the reserved '__metadata__'"),
      (["\u{e9}", "e\u{301}"], "'\u{e9}' again, differing only in how accents are written; rename one of the two"),
    ] {
      let error = fileError { try Safetensors.write(names.map { ($0, one) }, to: folder["x"]) }
      #expect(error?.code == .malformed)
      #expect(error?.description.hasSuffix("expected each tensor under a name of its own, found \(found)") == true)
    }
    #expect(folder.names == [])
  }

  @Test func refusesRawBytesOfAnotherLength() {
    #expect(AnyTensorData(bytes: [1, 2, 3], elementType: .bool, shape: [3]) != nil)
    #expect(AnyTensorData(bytes: [1, 2, 3], elementType: .bool, shape: [2]) == nil)
    #expect(AnyTensorData(bytes: [1], elementType: .float4, shape: [3]) == nil)
    #expect(AnyTensorData(bytes: [], elementType: .bool, shape: [-1]) == nil)
    #expect(AnyTensorData(bytes: [], elementType: .bool, shape: [0, .max, .max]) == nil)
  }

  @Test func keepsWhatStandsThereUnlessAskedNotTo() throws {
    let path = folder.write([1], to: "a")
    #expect(fileError { try Safetensors.write([], to: path) }?.code == .exists)
    #expect(folder.bytes(of: "a") == [1] && folder.names == ["a"])
    try Safetensors.write([], to: path, overwrite: true)
    #expect(try SafetensorsFile(path: path).entries == [])
  }
}
