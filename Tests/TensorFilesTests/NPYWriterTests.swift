import AdaptiveSoftmax
import Testing

@testable import TensorFiles

struct NPYWriterTests {
  let folder = Folder()

  /// The writer's bytes are those of numpy.save.
  @Test(arguments: ["f4", "f2", "bf16", "i8", "u1", "b1", "scalar", "vector", "empty"])
  func writesTheBytesOfNumPy(name: String) throws {
    let path = fixture("npy/\(name).npy")
    let reader = try NPYReader(path: path, elementTypeOverride: name == "bf16" ? .bfloat16 : nil)
    let writer = try NPYWriter(path: folder["a.npy"], shape: reader.shape, elementType: reader.elementType)
    let whole = contents(path)
    Array(whole[reader.dataOffset...]).withUnsafeBytes { bytes in
      #expect(throws: Never.self) { try writer.append(bytes: bytes) }
    }
    try writer.commit()
    #expect(folder.bytes(of: "a.npy") == whole)
  }

  @Test func roundTripsEveryType() throws {
    try roundTrip([Float.pi, -.infinity, .leastNonzeroMagnitude, -0.0])
    try roundTrip([Double.pi, .infinity, .leastNonzeroMagnitude, -0.0])
    try roundTrip([Float16.pi, -.infinity, .leastNonzeroMagnitude, -0.0])
    try roundTrip([BFloat16(1.5), BFloat16(-2), BFloat16(1e30), BFloat16(0)])
    try roundTrip([Int.min, .max, 0, 1])
    try roundTrip([Int64.min, .max, 0, 1])
    try roundTrip([Int32.min, .max, 0, 1])
    try roundTrip([Int16.min, .max, 0, 1])
    try roundTrip([Int8.min, .max, 0, 1])
    try roundTrip([UInt64.min, .max, 0, 1])
    try roundTrip([UInt32.min, .max, 0, 1])
    try roundTrip([UInt16.min, .max, 0, 1])
    try roundTrip([UInt8.min, .max, 0, 1])
  }

  private func roundTrip<S: TensorScalar>(_ scalars: [S]) throws {
    let path = folder["\(S.self).npy"]
    for shape in [[4], [2, 2], [1, 4, 1]] {
      try Tensor(shape, scalars).save(npy: path, overwrite: true)
      let reader = try NPYReader(path: path, elementTypeOverride: S.self == BFloat16.self ? .bfloat16 : nil)
      #expect(reader.elementType == ElementType(S.self))
      #expect(reader.dataOffset % 64 == 0)
      let tensor = try reader.read(S.self)
      #expect(tensor.shape == shape)
      #expect(tensor.scalars == scalars)
    }
  }

  @Test func writesPieceByPieceAndAppearsByCommit() throws {
    let writer = try NPYWriter(path: folder["a.npy"], shape: [3, 2], elementType: .float32)
    try writer.append(Tensor<Float>([1, 2], [1, 2]))
    try writer.append(Tensor<Float>([2, 2], [3, 4, 5, 6]))
    #expect(folder.names.count == 1 && folder.names[0].hasPrefix(".a.npy."))
    try writer.commit()
    #expect(folder.names == ["a.npy"])
    #expect(try Tensor<Float>(npy: folder["a.npy"]).scalars == [1, 2, 3, 4, 5, 6])
    #expect(fileError { try writer.commit() } == FileError(.writeFailed, path: writer.path, "is committed already"))
  }

  @Test func leavesNothingWithoutACommit() throws {
    do {
      let writer = try NPYWriter(path: folder["a.npy"], shape: [2], elementType: .int32)
      try writer.append(Tensor<Int32>([1], [1]))
    }
    #expect(folder.names == [])
  }

  @Test func refusesTooFewTooManyAndOtherScalars() throws {
    let path = folder["a.npy"]
    let writer = try NPYWriter(path: path, shape: [2], elementType: .int32)
    try writer.append(Tensor<Int32>([1], [1]))
    let wrongType = fileError { try writer.append(Tensor<Int64>([1], [1])) }
    #expect(wrongType == FileError(.unsupported, path: path, "expected a tensor of int32, found int64"))
    let tooMany = fileError { try writer.append(Tensor<Int32>([2], [1, 2])) }
    #expect(tooMany == FileError(.writeFailed, path: path, "expected 8 bytes for shape [2], found 12"))
    let tooFew = fileError { try writer.commit() }
    #expect(tooFew == FileError(.writeFailed, path: path, "expected 8 bytes for shape [2], found 4"))
    #expect(folder.names == [])
  }

  @Test func refusesShapesAndTypesThatNumPyLacks() throws {
    let path = folder["a.npy"]
    for shape in [[-1], [Int.max, 2], [0, .max, 2], Array(repeating: 1, count: 33)] {
      #expect(fileError { _ = try NPYWriter(path: path, shape: shape, elementType: .float32) }?.code == .unsupported)
    }
    let error = fileError { _ = try NPYWriter(path: path, shape: [1], elementType: .float8e4m3) }
    #expect(error == FileError(.unsupported, path: path, "expected a type that NumPy has, found float8e4m3"))
    #expect(folder.names == [])
  }

  @Test func keepsWhatStandsThereUnlessAskedNotTo() throws {
    let path = folder.write([1, 2, 3], to: "a.npy")
    let error = fileError { try Tensor<Float>([1], [1]).save(npy: path) }
    #expect(error == FileError(.exists, path: path, "exists already; overwriting it was not asked for"))
    #expect(folder.bytes(of: "a.npy") == [1, 2, 3])
    try Tensor<Float>([1], [1]).save(npy: path, overwrite: true)
    #expect(try Tensor<Float>(npy: path).scalars == [1])
  }
}
