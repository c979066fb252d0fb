import AdaptiveSoftmax
import Testing

@testable import TensorFiles

/// A file of somebody else's that promises more than it holds.
private struct Promise: TensorFile {
  let path = "promise"
  let tensors = [TensorDescription(name: "w", elementType: .float32, shape: [4, 2])]
  let metadata: [String: String] = [:]
  let bytes: Int

  func tensor<S: TensorScalar>(_ name: String, as type: S.Type) throws(FileError) -> Tensor<S> {
    throw FileError(.malformed, path: path, "has no whole tensors")
  }

  func withUnsafeBytes<Result>(
    of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    try [UInt8](repeating: 0, count: bytes).withUnsafeBytes { try body($0) }
  }
}

struct TensorFileTests {
  let folder = Folder()

  @Test func rowsOfATensor() throws {
    let path = folder["a"]
    try Safetensors.write([("w", AnyTensorData(Tensor<Float>([3, 2], [0, 1, 2, 3, 4, 5])))], to: path)
    let file = try openTensorFile(path: path)
    #expect(try file.tensor("w", rows: 1..<3, as: Float.self) == Tensor([2, 2], [2, 3, 4, 5]))
    #expect(try file.tensor("w", rows: 2..<2, as: Double.self).shape == [0, 2])
    #expect(fileError { _ = try file.tensor("w", rows: 1..<4, as: Float.self) }?.code == .malformed)
  }

  @Test(arguments: [0, 8, 24, 31, 33])
  func bytesThatTheShapeDoesNotSayAreRefused(count: Int) {
    #expect(
      fileError { _ = try Promise(bytes: count).tensor("w", rows: 2..<4, as: Float.self) }?.description
        == "promise: tensor 'w': expected 32 bytes for shape [4, 2], found \(count)")
    #expect(fileError { _ = try Promise(bytes: 32).tensor("w", rows: 2..<4, as: Float.self) } == nil)
  }

  /// A name is that of the file byte for byte, for rows as for whole tensors.
  @Test func namesAreExact() throws {
    let path = folder["a"]
    try Safetensors.write([("\u{e9}", AnyTensorData(Tensor<Float>([2], [1, 2])))], to: path)
    let file = try openTensorFile(path: path)
    #expect(try file.tensor("\u{e9}", rows: 1..<2, as: Float.self).scalars == [2])
    for rows in [0..<2, 1..<2] {
      #expect(fileError { _ = try file.tensor("e\u{301}", rows: rows, as: Float.self) }?.code == .malformed)
    }
  }
}
