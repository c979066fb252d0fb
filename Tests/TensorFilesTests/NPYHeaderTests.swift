import AdaptiveSoftmax
import Testing

@testable import TensorFiles

/// The matrix of headers: what NumPy 2.4 takes and refuses, and where this library is stricter on purpose.
struct NPYHeaderTests {
  let folder = Folder()

  @Test(arguments: [
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n",
    "{'shape': (2,), 'fortran_order': False, 'descr': '<f4'}\n",
    "{\"descr\": \"<f4\", \"fortran_order\": False, \"shape\": (2,)}\n",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2L,)}",
    "{'descr': 'float32', 'fortran_order': False, 'shape': (2,)}",
    "  {'descr':'<f4','fortran_order':False,'shape':(2,)}   \n",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, )}",
    "{\n'descr':\t'<f4',\r\n'fortran_order': False, 'shape': ( 2 , ) }\n",
  ])
  func accepts(text: String) throws {
    for version: UInt8 in 1...3 {
      let path = folder.write(npy(text, data: bytes([Float(1.5).bitPattern, 2]), version: (version, 0)), to: "a.npy")
      let reader = try NPYReader(path: path)
      #expect(reader.count == 2 && reader.elementType == .float32 && !reader.isFortranOrder)
      #expect(try reader.read(Float.self).scalars[0] == 1.5)
    }
  }

  @Test func takesTrailingBytesAndCountsThem() throws {
    let path = folder.write(npy(header("<f4", "(1,)"), data: [0, 0, 0, 0, 9, 9, 9]), to: "a.npy")
    #expect(try NPYReader(path: path).trailingBytes == 3)
  }

  static let refused: [(text: String, code: FileError.Code, message: String)] = [
    (header("<f4", "[2]"), .malformed, "header: expected 'shape' to be a tuple of integers, found '[2], }'"),
    (header("<f4", "2"), .malformed, "header: expected 'shape' to be a tuple of integers, found '2, }'"),
    (header("<f4", "(2)"), .malformed, "header: expected ',' after the only size of a tuple, found '), }'"),
    (header("<f4", "(True,)"), .malformed, "header: expected a size, a number of 0 or more, found 'True,), }'"),
    (header("<f4", "(-1,)"), .malformed, "header: expected a size, a number of 0 or more, found '-1,), }'"),
    (header("<f4", "(+1,)"), .malformed, "header: expected a size, a number of 0 or more, found '+1,), }'"),
    (header("<f4", "(2+0,)"), .malformed, "header: expected ',' after the only size of a tuple, found '+0,), }'"),
    (header("<f4", "(1_0,)"), .malformed, "header: expected ',' after the only size of a tuple, found '_0,), }'"),
    (header("<f4", "(0x2,)"), .malformed, "header: expected ',' after the only size of a tuple, found 'x2,), }'"),
    (header("<f4", "(02,)"), .malformed, "header: expected a size, a number of 0 or more, found '02,), }'"),
    (header("<f4", "(2.0,)"), .malformed, "header: expected ',' after the only size of a tuple, found '.0,), }'"),
    (header("<f4", "(2,,)"), .malformed, "header: expected a size, a number of 0 or more, found ',), }'"),
    (header("<f4", "(1 2)"), .malformed, "header: expected ',' after the only size of a tuple, found '2), }'"),
    (
      header("<f4", "(99999999999999999999,)"), .malformed,
      "header: expected sizes that an Int can hold, found '99999999999999999999,), '"
    ),
    (
      header("<f4", "(4611686018427387904, 4)"), .malformed,
      "expected a shape whose bits an Int can count, found [4611686018427387904, 4]"
    ),
    (
      header("<f4", "(0, 4611686018427387904, 4)"), .malformed,
      "expected a shape whose bits an Int can count, found [0, 4611686018427387904, 4]"
    ),
    (
      header("<f8", "(2305843009213693952,)"), .malformed,
      "expected a shape whose bits an Int can count, found [2305843009213693952]"
    ),
    (
      header("<f4", "(1000000000000,)"), .truncated,
      "expected 4000000000000 bytes of data ([1000000000000] float32), found 8; the file is cut off: copy or write it again"
    ),
    (
      header("<f4", "(3,)"), .truncated,
      "expected 12 bytes of data ([3] float32), found 8; the file is cut off: copy or write it again"
    ),
    (
      header("<f4", "(" + String(repeating: "1,", count: 33) + ")"), .unsupported,
      "expected at most 32 dimensions, found 33"
    ),
    (
      header("|O", "(1,)"), .unsupported,
      "expected dtype f2, f4, f8, i1, i2, i4, i8, u1, u2, u4, u8 or b1, found '|O': a pickle, which is never loaded"
    ),
    (
      header("<c8", "(1,)"), .unsupported,
      "expected dtype f2, f4, f8, i1, i2, i4, i8, u1, u2, u4, u8 or b1, found '<c8'"
    ),
    (
      header("<f16", "(1,)"), .unsupported,
      "expected dtype f2, f4, f8, i1, i2, i4, i8, u1, u2, u4, u8 or b1, found '<f16'"
    ),
    (
      header("<M8[ns]", "(1,)"), .unsupported,
      "expected dtype f2, f4, f8, i1, i2, i4, i8, u1, u2, u4, u8 or b1, found '<M8[ns]'"
    ),
    (header("", "(1,)"), .unsupported, "expected dtype f2, f4, f8, i1, i2, i4, i8, u1, u2, u4, u8 or b1, found ''"),
    (
      "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", .unsupported,
      "expected an array of numbers, found a structured dtype"
    ),
    (
      "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", .malformed,
      "header: expected 'fortran_order' to be True or False, found '0, 'shape': (1,)}'"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False}", .malformed,
      "header: expected the keys 'descr', 'fortran_order' and 'shape', found no 'shape'"
    ),
    ("{}", .malformed, "header: expected the keys 'descr', 'fortran_order' and 'shape', found no 'descr'"),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}", .malformed,
      "header: expected the keys 'descr', 'fortran_order' and 'shape', found 'x'"
    ),
    (
      "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", .malformed,
      "header: expected each key once, found 'descr' again"
    ),
    (
      "{'descr': '<f4' 'fortran_order': False, 'shape': (1,)}", .malformed,
      "header: expected ',', found ''fortran_order': False, '"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} + 1", .malformed,
      "header: expected nothing after the closing brace, found '+ 1'"
    ),
    ("{'descr': '<f4", .malformed, "header: expected the end of a string, found ''<f4'"),
    (
      "{'descr': '<f\\x34', 'fortran_order': False, 'shape': (1,)}", .malformed,
      "header: expected a string of plain characters, found ''<f\\x34', 'fortran_order'"
    ),
    (
      "{'descr': '<fé', 'fortran_order': False, 'shape': (1,)}", .malformed,
      "header: expected a string of plain characters, found ''<fé', 'fortran_order':'"
    ),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)", .malformed, "header: expected ',', found its end"),
    ("", .malformed, "header: expected '{', found its end"),
    ("[1, 2]", .malformed, "header: expected '{', found '[1, 2]'"),
    ("\0\0\0\0", .malformed, "header: expected '{', found '\\u{0}\\u{0}\\u{0}\\u{0}'"),
  ]

  @Test(arguments: refused)
  func refuses(text: String, code: FileError.Code, message: String) throws {
    let path = folder.write(npy(text, data: [UInt8](repeating: 0, count: 8)), to: "a.npy")
    let error = fileError { _ = try NPYReader(path: path) }
    #expect(error == FileError(code, path: path, message))
  }

  static let starts: [(name: String, bytes: [UInt8], code: FileError.Code, message: String)] = [
    ("empty", [], .malformed, "expected a .npy file, which begins with \\x93NUMPY, found something else"),
    (
      "\\x92NUMPY", npy(header("<f4", "(0,)"), magic: [0x92] + Array("NUMPY".utf8)), .malformed,
      "expected a .npy file, which begins with \\x93NUMPY, found something else"
    ),
    (
      "\\x93numpy", npy(header("<f4", "(0,)"), magic: [0x93] + Array("numpy".utf8)), .malformed,
      "expected a .npy file, which begins with \\x93NUMPY, found something else"
    ),
    (
      "\\x93MATLB", npy(header("<f4", "(0,)"), magic: [0x93] + Array("MATLB".utf8)), .malformed,
      "expected a .npy file, which begins with \\x93NUMPY, found something else"
    ),
    (
      "\\x93NUM", [0x93] + Array("NUM".utf8), .malformed,
      "expected a .npy file, which begins with \\x93NUMPY, found something else"
    ),
    (
      "a zip", [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 60), .malformed,
      "expected a .npy file, which begins with \\x93NUMPY, found a ZIP file, as .npz and .pt are; save its arrays as .npy or .safetensors"
    ),
    (
      "magic alone", NPYHeader.magic, .truncated,
      "expected a header, found 6 bytes in all; the file is cut off: copy or write it again"
    ),
    (
      "no length", NPYHeader.magic + [1, 0, 5], .truncated,
      "expected a header, found 9 bytes in all; the file is cut off: copy or write it again"
    ),
    (
      "half a length", NPYHeader.magic + [2, 0, 5, 0], .truncated,
      "expected a header, found 10 bytes in all; the file is cut off: copy or write it again"
    ),
    (
      "version 1.1", npy(header("<f4", "(0,)"), version: (1, 1)), .unsupported,
      "expected version 1.0, 2.0 or 3.0 of the format, found 1.1"
    ),
    (
      "version 0.0", npy(header("<f4", "(0,)"), version: (0, 0)), .unsupported,
      "expected version 1.0, 2.0 or 3.0 of the format, found 0.0"
    ),
    (
      "version 4.0", npy(header("<f4", "(0,)"), version: (4, 0)), .unsupported,
      "expected version 1.0, 2.0 or 3.0 of the format, found 4.0"
    ),
    (
      "version 255.255", npy(header("<f4", "(0,)"), version: (255, 255)), .unsupported,
      "expected version 1.0, 2.0 or 3.0 of the format, found 255.255"
    ),
    (
      "header beyond the file", npy("{}", length: 100), .truncated,
      "expected a header of 100 bytes, found 2; the file is cut off: copy or write it again"
    ),
    (
      "header of 4 GiB", npy("{}", version: (2, 0), length: 0xFFFF_FFFF), .malformed,
      "expected a header of at most 10000 bytes, found one of 4294967295"
    ),
    (
      "header of 10,001",
      npy(header("<f4", "(0,)") + String(repeating: " ", count: 10_001 - header("<f4", "(0,)").utf8.count)), .malformed,
      "expected a header of at most 10000 bytes, found one of 10001"
    ),
    (
      "BOM", npy("\u{FEFF}" + header("<f4", "(0,)"), version: (3, 0)), .malformed,
      "header: expected '{', found '\\u{feff}{'descr': '<f4', 'for'"
    ),
  ]

  @Test(arguments: starts)
  func refusesStarts(name: String, bytes: [UInt8], code: FileError.Code, message: String) throws {
    let path = folder.write(bytes, to: "a.npy")
    #expect(fileError { _ = try NPYReader(path: path) } == FileError(code, path: path, message))
  }

  @Test func acceptsTheLongestHeader() throws {
    let text = header("<f4", "(0,)")
    let path = folder.write(npy(text + String(repeating: " ", count: 10_000 - text.utf8.count)), to: "a.npy")
    #expect(try NPYReader(path: path).shape == [0])
  }

  /// Every proper prefix of a file is refused, and no byte that is turned into another crashes the reader.
  @Test func survivesEveryCutAndEveryChangedByte() throws {
    let whole = npy(header("<f4", "(2, 3)", fortran: true), data: [UInt8](repeating: 1, count: 24))
    let readable = whole.indices.filter { length in
      (try? NPYReader(path: folder.write(Array(whole[..<length]), to: "a.npy"))) != nil
    }
    #expect(readable == [])
    for index in whole.indices {
      for value: UInt8 in [0, 0x20, 0x27, 0x28, 0x39, 0x7B, 0xFF] {
        var changed = whole
        changed[index] = value
        let path = folder.write(changed, to: "a.npy")
        guard let reader = try? NPYReader(path: path) else { continue }
        #expect(reader.count * reader.elementType.size <= changed.count)
        #expect((try? reader.read(Double.self))?.count ?? reader.count == reader.count)
      }
    }
  }
}
