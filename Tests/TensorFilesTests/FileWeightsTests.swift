import AdaptiveSoftmax
import Foundation
import Testing

@testable import TensorFiles

/// Heads of the library straight from files.
struct FileWeightsTests {
  private let folder = Folder()

  private func head() throws -> AdaptiveLogSoftmaxWithLoss<Float> {
    var generator = SeededGenerator(seed: 3)
    return try AdaptiveLogSoftmaxWithLoss(
      inFeatures: 16, nClasses: 90, cutoffs: [10, 40], divValue: 2, headBias: true, using: &generator,
      dtype: Float.self)
  }

  @Test(arguments: [IOMode.read, .mmap]) func anAdaptiveHead(_ io: IOMode) throws {
    let head = try head()
    try Safetensors.write(
      head.stateDict().map { ("model." + $0.name, AnyTensorData($0.tensor)) }, to: folder["h.safetensors"])
    let file = try openTensorFile(path: folder["h.safetensors"], io: io)
    let loaded = try AdaptiveLogSoftmaxWithLoss<Float>(weights: FileWeights(file))
    var generator = SeededGenerator(seed: 4)
    let x = try Tensor<Float>.randn([5, 16], using: &generator)
    #expect(try loaded.logProb(x) == head.logProb(x))
    let plain = try LinearHead<Float>(weights: FileWeights(file), weight: "model.head.weight", bias: "model.head.bias")
    #expect(plain.nClasses == 12 && plain.hasBias && plain.logitScale == 1 && plain.softcap == nil)
    let weight: Tensor<Float> = try file.tensor("model.head.weight")
    let bias: Tensor<Float> = try file.tensor("model.head.bias")
    #expect(try plain.logProb(x) == LinearHead(weight: weight, bias: bias).logProb(x))
    let shaped = try LinearHead(weight: weight, logitScale: 0.5, softcap: 30)
    #expect(!shaped.hasBias && shaped.logitScale == 0.5 && shaped.softcap == 30)
  }

  @Test func whatIsMissingIsNamed() throws {
    try Safetensors.write([("x", AnyTensorData(Tensor<Float>([1])))], to: folder["h.safetensors"])
    let file = FileWeights(try openTensorFile(path: folder["h.safetensors"]))
    #expect(throws: SoftmaxError.self) { try AdaptiveLogSoftmaxWithLoss<Float>(weights: file) }
    #expect(throws: SoftmaxError.self) { try LinearHead<Float>(weights: file, weight: "y") }
  }

  /// A name from a file forges no line of a log.
  @Test func errorsAreOneLine() throws {
    try Safetensors.write([("head.weight\nERROR", AnyTensorData(Tensor<Float>([1])))], to: folder["h.safetensors"])
    let file = FileWeights(try openTensorFile(path: folder["h.safetensors"]))
    let error = #expect(throws: SoftmaxError.self) { try AdaptiveLogSoftmaxWithLoss<Float>(weights: file) }
    #expect(error?.description.contains(#"head.weight\nERROR"#) == true && error?.description.contains("\n") == false)
  }

  /// A head is loaded in another task than the file was opened in.
  @Test func weightsGoToAnotherTask() async throws {
    try Safetensors.write([("x", AnyTensorData(Tensor<Float>([[1, 2]])))], to: folder["h.safetensors"])
    let weights = FileWeights(try openTensorFile(path: folder["h.safetensors"]))
    let head = try await Task.detached { try LinearHead<Float>(weights: weights, weight: "x") }.value
    #expect(head.nClasses == 1)
  }

  @Test func rowsThatAreNotThere() throws {
    try Safetensors.write([("x", AnyTensorData(Tensor<Float>([[1, 2]])))], to: folder["h.safetensors"])
    let file = try openTensorFile(path: folder["h.safetensors"])
    let beyond = #expect(throws: FileError.self) { try file.tensor("x", rows: 0..<2, as: Float.self) }
    #expect(beyond?.description.hasSuffix("expected rows 0..<2, found the shape [1, 2]; ask for rows it has") == true)
    let missing = #expect(throws: FileError.self) { try file.tensor("y", rows: 0..<1, as: Float.self) }
    #expect(missing?.description.contains("expected a tensor 'y', found 'x'") == true)
  }

  /// A header of 0x04034B50 bytes begins as a ZIP file does.
  @Test func aHeaderThatBeginsLikeAZIPFile() throws {
    let length = 0x0403_4B50
    let start = #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#
    var bytes = withUnsafeBytes(of: UInt64(length).littleEndian) { Data($0) } + Data(start.utf8)
    bytes.append(Data(repeating: UInt8(ascii: " "), count: length - start.utf8.count))
    bytes.append(contentsOf: [7, 9])
    try bytes.write(to: URL(fileURLWithPath: folder["h.safetensors"]))
    let tensor: Tensor<UInt8> = try openTensorFile(path: folder["h.safetensors"]).tensor("a")
    #expect(tensor == Tensor([7, 9]))
  }

  /// More bytes than there can be memory for, in a file with a hole: an error, no trap.
  @Test func tensorsBeyondMemory() throws {
    let count = 1 << 46
    let header = #"{"a":{"dtype":"U8","shape":[\#(count)],"data_offsets":[0,\#(count)]}}"#
    let path = folder["h.safetensors"]
    try (withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) } + Data(header.utf8))
      .write(to: URL(fileURLWithPath: path))
    guard truncate(path, 8 + header.utf8.count + count) == 0 else { return }  // not on this file system
    let file = try SafetensorsFile(path: path, io: .read)
    #expect {
      try file.withUnsafeBytes(of: "a") { _ in }
    } throws: { error in
      (error as? FileError)?.code == .readFailed && "\(error)".contains("out of memory")
    }
  }

  /// Views of a .pt file may have more bytes than an Int counts.
  @Test func sumsOfBytesStayNumbers() {
    func tensor(_ shape: [Int]) -> TensorDescription {
      TensorDescription(name: "a", elementType: .float64, shape: shape)
    }
    #expect(SizeCheck.sum([tensor([3]), tensor([1 << 62, 0])].map(\.byteCount)) == 24)
    #expect(SizeCheck.sum([tensor([1 << 59]), tensor([1 << 59])].map(\.byteCount)) == .max)
    #expect(tensor([1 << 40, 1 << 40]).byteCount == .max)
  }

  @Test func bfloat16ArraysRoundTrip() throws {
    let x = Tensor([BFloat16(1.5), BFloat16(-2), BFloat16(1e30)])
    try x.save(npy: folder["x.npy"])
    #expect(try Tensor<BFloat16>(npy: folder["x.npy"]) == x)
    #expect(throws: FileError.self) { try Tensor<Float>(npy: folder["x.npy"]) }
    try x.to(Float.self).save(npy: folder["f.npy"])
    #expect(try Tensor<BFloat16>(npy: folder["f.npy"]) == x)
  }
}
