import AdaptiveSoftmax
import Foundation
import Testing

@testable import TensorFiles

struct NPYReaderTests {
  let folder = Folder()

  // MARK: - Files by NumPy

  @Test(arguments: ["f4", "f4_fortran", "f8_big", "f2", "v2", "v3"])
  func readsFloatsOfNumPy(name: String) throws {
    let expected: [Float] = [0, 0.25, 0.5, 0.75, 1, 1.25]
    let reader = try NPYReader(path: fixture("npy/\(name).npy"))
    #expect(reader.shape == [2, 3])
    #expect(reader.rowCount == 2 && reader.rowElements == 3 && reader.count == 6 && reader.trailingBytes == 0)
    #expect(reader.isFortranOrder == (name == "f4_fortran"))
    #expect(reader.isBigEndian == (name == "f8_big"))
    #expect(try reader.read(Float.self).scalars == expected)
    #expect(try reader.read(Double.self).scalars == expected.map(Double.init))
    #expect(try reader.read(Float16.self).scalars == expected.map { Float16($0) })
    #expect(try reader.read(BFloat16.self).scalars == expected.map { BFloat16($0) })
    #expect(try Tensor<Float>(npy: reader.path).scalars == expected)
  }

  @Test(arguments: [("i8", ElementType.int64), ("u1", .uint8)])
  func readsIntegersOfNumPy(name: String, type: ElementType) throws {
    let reader = try NPYReader(path: fixture("npy/\(name).npy"))
    #expect(reader.elementType == type)
    #expect(try reader.read(Int64.self).scalars == [0, 1, 2, 3, 4, 5])
    #expect(try reader.read(Int.self).scalars == [0, 1, 2, 3, 4, 5])
    #expect(try reader.read(UInt8.self).scalars == [0, 1, 2, 3, 4, 5])
  }

  @Test func readsOtherShapesOfNumPy() throws {
    #expect(try NPYReader(path: fixture("npy/b1.npy")).read(Int32.self).scalars == [1, 0, 1, 0, 1, 0])
    let scalar = try NPYReader(path: fixture("npy/scalar.npy"))
    #expect(try scalar.shape == [] && scalar.rowCount == 1 && scalar.read(Float.self).scalars == [2.5])
    let vector = try NPYReader(path: fixture("npy/vector.npy"))
    #expect(try vector.shape == [5] && vector.rowElements == 1 && vector.read(Int32.self).scalars == [0, 1, 2, 3, 4])
    let empty = try NPYReader(path: fixture("npy/empty.npy"))
    #expect(try empty.shape == [0, 4] && empty.read(Float.self).shape == [0, 4])
  }

  @Test func readsVoidAsBFloat16OnlyWhenAsked() throws {
    let path = fixture("npy/bf16.npy")
    let refusal = fileError { _ = try NPYReader(path: path) }
    #expect(refusal?.code == .unsupported)
    #expect(
      refusal?.description
        == "\(path): expected numbers, found dtype '<V2': raw bytes, which are read only when asked for as bfloat16")
    let reader = try NPYReader(path: path, elementTypeOverride: .bfloat16)
    #expect(reader.elementType == .bfloat16)
    #expect(try reader.read(Float.self).scalars == [0, 0.25, 0.5, 0.75, 1, 1.25])
    let wrong = fileError { _ = try NPYReader(path: fixture("npy/f4.npy"), elementTypeOverride: .bfloat16) }
    #expect(
      wrong?.description.hasSuffix("expected bfloat16 as asked for, found dtype '<f4' (float32); read it as it is")
        == true)
  }

  // MARK: - Every type

  @Test(arguments: ["<", ">", "=", "|", ""], ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"])
  func readsEveryIntegerInEveryOrder(order: String, kind: String) throws {
    let values = [0, 1, 100, 127]
    let isBig = order == ">"
    let data: [UInt8] =
      switch kind.last {
      case "1": bytes(values.map { UInt8($0) })
      case "2": bytes(values.map { UInt16($0) }, bigEndian: isBig)
      case "4": bytes(values.map { UInt32($0) }, bigEndian: isBig)
      default: bytes(values.map { UInt64($0) }, bigEndian: isBig)
      }
    let reader = try NPYReader(path: folder.write(npy(header(order + kind, "(4,)"), data: data), to: "a.npy"))
    #expect(try reader.read(Int.self).scalars == values)
    #expect(try reader.read(Int32.self).scalars == values.map { Int32($0) })
    #expect(try reader.read(Int8.self).scalars == values.map { Int8($0) })
    #expect(try reader.read(UInt64.self).scalars == values.map { UInt64($0) })
  }

  @Test(arguments: [false, true])
  func readsFloatBitsInEitherOrder(bigEndian: Bool) throws {
    let order = bigEndian ? ">" : "<"
    let halves: [UInt16] = [0x0001, 0x03FF, 0x0400, 0x7BFF, 0x7C00, 0xFC00, 0x8000, 0x3555]
    let half = folder.write(
      npy(header(order + "f2", "(8,)"), data: bytes(halves, bigEndian: bigEndian)), to: "half.npy")
    #expect(try Tensor<Float16>(npy: half).scalars.map(\.bitPattern) == halves)
    #expect(try Tensor<Float>(npy: half).scalars == halves.map { Float(Float16(bitPattern: $0)) })
    let floats: [UInt32] = [0x0000_0001, 0x7F80_0000, 0xFFC0_1234, 0x8000_0000, 0x3F80_0001]
    let float = folder.write(
      npy(header(order + "f4", "(5,)"), data: bytes(floats, bigEndian: bigEndian)), to: "float.npy")
    #expect(try Tensor<Float>(npy: float).scalars.map(\.bitPattern) == floats)
    let doubles: [UInt64] = [1, 0x7FF0_0000_0000_0000, 0x3FF0_0000_1000_0001]
    let double = folder.write(
      npy(header(order + "f8", "(3,)"), data: bytes(doubles, bigEndian: bigEndian)), to: "double.npy")
    #expect(try Tensor<Double>(npy: double).scalars.map(\.bitPattern) == doubles)
    #expect(try Tensor<Float>(npy: double).scalars == doubles.map { Float(Double(bitPattern: $0)) })
  }

  @Test func refusesFloatsForIntegersAndTheOtherWayRound() throws {
    let floats = try NPYReader(path: fixture("npy/f4.npy"))
    let integers = try NPYReader(path: fixture("npy/i8.npy"))
    let first = fileError { _ = try floats.read(Int64.self) }
    #expect(first == FileError(.unsupported, path: floats.path, "expected integers, found float32"))
    let second = fileError { _ = try integers.read(Float.self) }
    #expect(
      second
        == FileError(
          .unsupported, path: integers.path, "expected floats (float16, bfloat16, float32, float64), found int64"))
  }

  @Test func refusesIntegersThatDoNotFit() throws {
    let path = folder.write(npy(header("<i8", "(2, 2)"), data: bytes([1, 2, 3, Int64(1) << 40])), to: "big.npy")
    let error = fileError { _ = try Tensor<Int32>(npy: path) }
    #expect(
      error == FileError(.malformed, path: path, "row 1: expected a number that int32 can hold, found 1099511627776"))
    let fortran = folder.write(
      npy(header("<i8", "(2, 2)", fortran: true), data: bytes([1, Int64(-1), 3, 4])), to: "turned.npy")
    #expect(
      fileError { _ = try Tensor<UInt8>(npy: fortran) }?.description
        == "\(fortran): row 1: expected a number that uint8 can hold, found -1")
  }

  /// Of short columns whole blocks are read: only what was asked for is converted.
  @Test(arguments: [4, 512, 513])
  func rowsNotAskedForMayHoldAnything(rows: Int) throws {
    let values = (0..<(rows * 3)).map { $0 % rows == 1 ? Int64($0 / rows) : Int64.max }
    let path = folder.write(npy(header("<i8", "(\(rows), 3)", fortran: true), data: bytes(values)), to: "a.npy")
    let reader = try NPYReader(path: path)
    var row = Tensor<Int32>([0], [])
    try reader.read(rows: 1..<2, into: &row)
    #expect(row == Tensor([1, 3], [0, 1, 2]))
    #expect(
      fileError { try reader.read(rows: 1..<3, into: &row) }?.description.contains(": row 2: expected a number") == true
    )
  }

  // MARK: - Rows

  @Test(arguments: [[7, 5], [7, 2, 3], [1, 4], [9, 1], [3, 2, 2, 5]], [false, true])
  func readsRowsOfEveryShape(shape: [Int], fortran: Bool) throws {
    let count = shape.reduce(1, *)
    let rowMajor = (0..<count).map { Int32($0) }
    let stored = fortran ? columnMajor(rowMajor, shape) : rowMajor
    let size = "(" + shape.map(String.init).joined(separator: ", ") + ")"
    let path = folder.write(npy(header("<i4", size, fortran: fortran), data: bytes(stored)), to: "a.npy")
    let reader = try NPYReader(path: path)
    let row = count / shape[0]
    var same = Tensor<Int32>([0], [])
    var wider = Tensor<Int64>([0], [])
    for first in 0...shape[0] {
      for last in first...shape[0] {
        let expected = rowMajor[(first * row)..<(last * row)]
        try reader.read(rows: first..<last, into: &same)
        try reader.read(rows: first..<last, into: &wider)
        #expect(same.shape == [last - first] + shape.dropFirst())
        #expect(same.scalars.elementsEqual(expected))
        #expect(wider.scalars.elementsEqual(expected.map { Int64($0) }))
      }
    }
  }

  /// More rows and more columns than one block of a column-major file holds, and more elements than one chunk.
  @Test(arguments: [[70_000, 3], [3, 70_000], [300, 301]], [false, true])
  func readsBeyondOneBlock(shape: [Int], fortran: Bool) throws {
    let rowMajor = (0..<(shape[0] * shape[1])).map { Int32($0) }
    let stored = fortran ? columnMajor(rowMajor, shape) : rowMajor
    let path = folder.write(
      npy(header("<i4", "(\(shape[0]), \(shape[1]))", fortran: fortran), data: bytes(stored)), to: "a.npy")
    let reader = try NPYReader(path: path)
    #expect(try reader.read(Int64.self).scalars.elementsEqual(rowMajor.map { Int64($0) }))
    var part = Tensor<Int32>([0], [])
    try reader.read(rows: 1..<(shape[0] - 1), into: &part)
    #expect(part.scalars.elementsEqual(rowMajor[shape[1]..<((shape[0] - 1) * shape[1])]))
  }

  @Test func reusesTheTensorsStorageAndLeavesCopiesAlone() throws {
    let reader = try NPYReader(path: fixture("npy/f4.npy"))
    var batch = Tensor<Float>([1, 3], [9, 9, 9])
    let address = batch.withUnsafeBufferPointer { $0.baseAddress }
    try reader.read(rows: 0..<1, into: &batch)
    try reader.read(rows: 1..<2, into: &batch)
    #expect(batch.withUnsafeBufferPointer { $0.baseAddress } == address)
    let copy = batch
    try reader.read(rows: 0..<1, into: &batch)
    #expect(copy.scalars == [0.75, 1, 1.25])
    #expect(batch.scalars == [0, 0.25, 0.5])
  }

  @Test func refusesRowsThatAreNotThere() throws {
    let reader = try NPYReader(path: fixture("npy/f4.npy"))
    var batch = Tensor<Float>([0], [])
    for rows in [1..<3, -1..<1] {
      let error = fileError { try reader.read(rows: rows, into: &batch) }
      #expect(error == FileError(.malformed, path: reader.path, "expected rows within 0..<2, found \(rows)"))
    }
    let scalar = try NPYReader(path: fixture("npy/scalar.npy"))
    #expect(
      fileError { try scalar.read(rows: 0..<1, into: &batch) }?.description.contains("found a single number") == true)
  }

  // MARK: - Files that change or are none

  @Test(arguments: [false, true], [false, true])
  func noticesAFileCutOffWhileReading(fortran: Bool, converting: Bool) throws {
    let data = bytes((0..<4000).map { UInt32($0) })
    let path = folder.write(npy(header("<f4", "(1000, 4)", fortran: fortran), data: data), to: "a.npy")
    let reader = try NPYReader(path: path)
    folder.truncate("a.npy", to: 2000)
    let error = fileError { _ = converting ? try reader.read(Double.self).count : try reader.read(Float.self).count }
    #expect(error?.code == .truncated)
    #expect(error?.description.hasPrefix("\(path): expected ") == true)
    #expect(error?.description.hasSuffix("the file was cut off while it was being read") == true)
  }

  @Test func keepsReadingAFileThatWasReplaced() throws {
    let path = folder.write(npy(header("<i4", "(2,)"), data: bytes([Int32(1), 2])), to: "a.npy")
    let reader = try NPYReader(path: path)
    try Tensor<Int32>([1], [7]).save(npy: path, overwrite: true)
    #expect(try reader.read(Int32.self).scalars == [1, 2])
    #expect(try Tensor<Int32>(npy: path).scalars == [7])
  }

  @Test func refusesWhatIsNoFile() throws {
    let fifo = folder["fifo"]
    mkfifo(fifo, 0o644)
    let expectations: [(String, FileError.Code, String)] = [
      (folder["none.npy"], .missing, "cannot be opened: No such file or directory"),
      (folder["none/a.npy"], .missing, "cannot be opened: No such file or directory"),
      (folder.path, .unreadable, "expected a file, found a directory"),
      (fifo, .unreadable, "expected a file, found a FIFO"),
      ("/dev/null", .unreadable, "expected a file, found a device"),
      ("", .missing, "cannot be opened: No such file or directory"),
    ]
    for (path, code, message) in expectations {
      #expect(fileError { _ = try NPYReader(path: path) } == FileError(code, path: path, message))
      #expect(fileError { _ = try SafetensorsFile(path: path) } == FileError(code, path: path, message))
    }
    #expect(
      fileError { _ = try NPYReader(path: "a\0b") }?.description
        == "a\\u{0}b: expected the name of a file, found a name with a NUL in it")
    let loop = folder["loop"]
    symlink(loop, loop)
    #expect(fileError { _ = try NPYReader(path: loop) }?.code == .unreadable)
  }

  /// The scalars of a row-major array in the order of a column-major file, by the definition.
  private func columnMajor<Value>(_ scalars: [Value], _ shape: [Int]) -> [Value] {
    scalars.indices.map { position in
      var (rest, offset) = (position, 0)
      for (axis, size) in shape.enumerated() {
        offset += rest % size * shape[(axis + 1)...].reduce(1, *)
        rest /= size
      }
      return scalars[offset]
    }
  }
}
