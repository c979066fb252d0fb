import Testing

@testable import TensorFiles

/// The matrix of headers: what the reference reader (safetensors 0.8.0) takes and refuses.
///
/// Refused here alone: any key that comes twice, and more than 32 dimensions.
struct SafetensorsLayoutTests {
  let folder = Folder()

  // MARK: - What is taken

  static let accepted: [(name: String, bytes: [UInt8], names: [String])] = [
    ("nothing", safetensors("{}"), []),
    ("metadata alone", safetensors(#"{"__metadata__":{"a":"b"}}"#), []),
    ("null metadata", safetensors(#"{"__metadata__":null}"#), []),
    ("leading spaces", safetensors(" \t\r\n" + #"{"a":"# + entry("U8", "[2]", "[0,2]") + "}", data: 2), ["a"]),
    ("trailing spaces", safetensors(#"{"a":"# + entry("U8", "[2]", "[0,2]") + "} \t\r\n   ", data: 2), ["a"]),
    (
      "unknown key",
      safetensors(#"{"a":{"dtype":"U8","x":[1,{"y":[null,true,"z"]}],"shape":[2],"data_offsets":[0,2]}}"#, data: 2),
      ["a"]
    ),
    (
      "unknown numbers",
      safetensors(
        #"{"a":{"x":-1,"y":[1.5,-0.25e+3,0,1E9],"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#, data: 2),
      ["a"]
    ),
    ("scalar", safetensors(#"{"a":"# + entry("F32", "[]", "[0,4]") + "}", data: 4), ["a"]),
    ("zero size", safetensors(#"{"a":"# + entry("F32", "[2,0]", "[0,0]") + "}"), ["a"]),
    ("zero beside 2^64-1", safetensors(#"{"a":"# + entry("F32", "[0,18446744073709551615]", "[0,0]") + "}"), ["a"]),
    (
      "escaped name", safetensors(#"{"\u0061\n\ud83d\ude00\/":"# + entry("U8", "[1]", "[0,1]") + "}", data: 1),
      ["a\n\u{1F600}/"]
    ),
    ("empty name", safetensors(#"{"":"# + entry("U8", "[1]", "[0,1]") + "}", data: 1), [""]),
    (
      "unsorted",
      safetensors(#"{"b":"# + entry("U8", "[1]", "[2,3]") + #","a":"# + entry("U8", "[2]", "[0,2]") + "}", data: 3),
      ["a", "b"]
    ),
    ("unaligned", safetensors(#"{"ab":"# + entry("F64", "[1]", "[0,8]") + "}", data: 8), ["ab"]),
    ("BOOL of 2", safetensors(#"{"a":"# + entry("BOOL", "[3]", "[0,3]") + "}", data: 3), ["a"]),
    ("4 bits", safetensors(#"{"a":"# + entry("F4", "[2,3]", "[0,3]") + "}", data: 3), ["a"]),
    ("6 bits", safetensors(#"{"a":"# + entry("F6_E2M3", "[4]", "[0,3]") + "}", data: 3), ["a"]),
    (
      "8-bit floats",
      safetensors(
        #"{"a":"# + entry("F8_E4M3", "[2]", "[0,2]") + #","b":"# + entry("F8_E8M0", "[1]", "[2,3]") + "}", data: 3),
      ["a", "b"]
    ),
    ("complex", safetensors(#"{"a":"# + entry("C64", "[1]", "[0,8]") + "}", data: 8), ["a"]),
  ]

  @Test(arguments: accepted)
  func accepts(name: String, bytes: [UInt8], names: [String]) throws {
    for io in [IOMode.read, .mmap] {
      let file = try SafetensorsFile(path: folder.write(bytes, to: "a.safetensors"), io: io)
      #expect(file.entries.map { Array($0.name.utf8) } == names.map { Array($0.utf8) })
      for name in names {
        let found = try file.withUnsafeBytes(of: name) { Array($0) }
        #expect(found.count == (try file.entry(named: name)).byteRange.count)
      }
    }
  }

  // MARK: - What is refused

  static let refused: [(name: String, bytes: [UInt8], code: FileError.Code, message: String)] = [
    (
      "same tensor twice",
      safetensors(#"{"a":"# + entry("U8", "[1]", "[0,1]") + #","a":"# + entry("U8", "[1]", "[0,1]") + "}", data: 1),
      .malformed, "header: expected each key once, found 'a' again"
    ),
    (
      "same name, other offset",
      safetensors(#"{"a":"# + entry("U8", "[1]", "[0,1]") + #","a":"# + entry("U8", "[1]", "[1,2]") + "}", data: 2),
      .malformed, "header: expected each key once, found 'a' again"
    ),
    (
      "same name, escaped",
      safetensors(
        #"{"a":"# + entry("U8", "[1]", "[0,1]") + #","\u0061":"# + entry("U8", "[1]", "[1,2]") + "}", data: 2),
      .malformed, "header: expected each key once, found 'a' again"
    ),
    (
      "dtype twice", safetensors(#"{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, data: 1),
      .malformed, "tensor 'a': expected each key once, found 'dtype' again"
    ),
    (
      "metadata twice", safetensors(#"{"__metadata__":{},"__metadata__":{}}"#), .malformed,
      "header: expected each key once, found '__metadata__' again"
    ),
    (
      "metadata key twice", safetensors(#"{"__metadata__":{"a":"b","a":"b"}}"#), .malformed,
      "__metadata__: expected each key once, found 'a' again"
    ),
    (
      "composed and decomposed",
      safetensors(
        "{\"\u{e9}\":" + entry("U8", "[1]", "[0,1]") + ",\"e\u{301}\":" + entry("U8", "[1]", "[1,2]") + "}", data: 2),
      .malformed,
      "header: expected each key once, found 'e\u{301}' again, differing only in how accents are written; rename one of the two"
    ),
    (
      "composed and decomposed metadata", safetensors("{\"__metadata__\":{\"\u{e9}\":\"\",\"e\u{301}\":\"\"}}"),
      .malformed,
      "__metadata__: expected each key once, found 'e\u{301}' again, differing only in how accents are written; rename one of the two"
    ),
    (
      "float size", safetensors(#"{"a":"# + entry("U8", "[1.0]", "[0,1]") + "}", data: 1), .malformed,
      "tensor 'a': expected a number in 'shape', an unsigned integer below 2^64, found '1.0],\"data_offse' at byte 28"
    ),
    (
      "exponent", safetensors(#"{"a":"# + entry("U8", "[1e0]", "[0,1]") + "}", data: 1), .malformed,
      "tensor 'a': expected a number in 'shape', an unsigned integer below 2^64, found '1e0],\"data_offse' at byte 28"
    ),
    (
      "negative", safetensors(#"{"a":"# + entry("U8", "[-1]", "[0,1]") + "}", data: 1), .malformed,
      "tensor 'a': expected a number in 'shape', an unsigned integer below 2^64, found '-1],\"data_offset' at byte 28"
    ),
    (
      "leading zero", safetensors(#"{"a":"# + entry("U8", "[01]", "[0,1]") + "}", data: 1), .malformed,
      "tensor 'a': expected a number in 'shape', an unsigned integer below 2^64, found '01],\"data_offset' at byte 28"
    ),
    (
      "2^64", safetensors(#"{"a":"# + entry("U8", "[18446744073709551616]", "[0,1]") + "}", data: 1), .malformed,
      "tensor 'a': expected a number in 'shape', an unsigned integer below 2^64, found '1844674407370955' at byte 28"
    ),
    (
      "string for a size", safetensors(#"{"a":"# + entry("U8", #"["1"]"#, "[0,1]") + "}", data: 1), .malformed,
      "tensor 'a': expected a number in 'shape', an unsigned integer below 2^64, found '\"1\"],\"data_offse' at byte 28"
    ),
    (
      "1 offset", safetensors(#"{"a":"# + entry("U8", "[1]", "[0]") + "}", data: 1), .malformed,
      "tensor 'a': expected 2 data_offsets, found [0]"
    ),
    (
      "3 offsets", safetensors(#"{"a":"# + entry("U8", "[1]", "[0,1,2]") + "}", data: 1), .malformed,
      "tensor 'a': expected 2 data_offsets, found [0, 1, 2]"
    ),
    (
      "offsets turned", safetensors(#"{"a":"# + entry("U8", "[1]", "[1,0]") + "}", data: 1), .malformed,
      "tensor 'a': expected data_offsets in order, found [1, 0]"
    ),
    (
      "hole at the start", safetensors(#"{"a":"# + entry("U8", "[1]", "[1,2]") + "}", data: 2), .malformed,
      "tensor 'a': expected data_offsets to begin at 0, the first byte, found 1: there is a hole before it"
    ),
    (
      "hole",
      safetensors(#"{"a":"# + entry("U8", "[1]", "[0,1]") + #","b":"# + entry("U8", "[1]", "[2,3]") + "}", data: 3),
      .malformed,
      "tensor 'b': expected data_offsets to begin at 1, where tensor 'a' ends, found 2: there is a hole before it"
    ),
    (
      "overlap",
      safetensors(#"{"a":"# + entry("U8", "[2]", "[0,2]") + #","b":"# + entry("U8", "[2]", "[1,3]") + "}", data: 3),
      .malformed, "tensor 'b': expected data_offsets to begin at 2, where tensor 'a' ends, found 1: the ranges overlap"
    ),
    (
      "trailing bytes", safetensors(#"{"a":"# + entry("U8", "[1]", "[0,1]") + "}", data: 4), .malformed,
      "expected the file to end after 1 bytes of data, found 4: 3 too many"
    ),
    (
      "trailing bytes of nothing", safetensors("{}", data: 1), .malformed,
      "expected the file to end after 0 bytes of data, found 1: 1 too many"
    ),
    (
      "cut off", safetensors(#"{"a":"# + entry("U8", "[3]", "[0,3]") + "}", data: 1), .truncated,
      "tensor 'a': expected 3 bytes of data in the file, found 1; the file is cut off: copy or write it again"
    ),
    (
      "unknown dtype", safetensors(#"{"a":"# + entry("F99", "[1]", "[0,1]") + "}", data: 1), .unsupported,
      "tensor 'a': expected a dtype of the format, such as F32, found 'F99'"
    ),
    (
      "lower-case dtype", safetensors(#"{"a":"# + entry("f32", "[1]", "[0,4]") + "}", data: 4), .unsupported,
      "tensor 'a': expected a dtype of the format, such as F32, found 'f32'"
    ),
    (
      "number for a dtype", safetensors(#"{"a":{"dtype":1,"shape":[1],"data_offsets":[0,1]}}"#, data: 1), .malformed,
      "tensor 'a': expected a string for 'dtype', found '1,\"shape\":[1],\"d' at byte 14"
    ),
    (
      "other span", safetensors(#"{"a":"# + entry("F32", "[2]", "[0,4]") + "}", data: 4), .malformed,
      "tensor 'a': expected data_offsets to span 8 bytes (shape [2] of F32), found 4 ([0, 4])"
    ),
    (
      "half a byte", safetensors(#"{"a":"# + entry("F4", "[3]", "[0,2]") + "}", data: 2), .malformed,
      "tensor 'a': expected a whole number of bytes, found 12 bits (shape [3] of F4)"
    ),
    (
      "overflow of sizes", safetensors(#"{"a":"# + entry("F32", "[18446744073709551615,2]", "[0,4]") + "}", data: 4),
      .malformed, "tensor 'a': expected a size below 2^64 bits, found shape [18446744073709551615, 2] of F32"
    ),
    (
      "overflow before a zero", safetensors(#"{"a":"# + entry("F32", "[18446744073709551615,2,0]", "[0,0]") + "}"),
      .malformed, "tensor 'a': expected a size below 2^64 bits, found shape [18446744073709551615, 2, 0] of F32"
    ),
    (
      "overflow of bits", safetensors(#"{"a":"# + entry("F32", "[4611686018427387904]", "[0,0]") + "}"), .malformed,
      "tensor 'a': expected a size below 2^64 bits, found shape [4611686018427387904] of F32"
    ),
    (
      "33 sizes",
      safetensors(#"{"a":"# + entry("U8", "[" + String(repeating: "1,", count: 32) + "1]", "[0,1]") + "}", data: 1),
      .unsupported, "tensor 'a': expected at most 32 numbers in 'shape', found more"
    ),
    (
      "number in metadata", safetensors(#"{"__metadata__":{"a":1}}"#), .malformed,
      "__metadata__: expected a string for 'a', found '1}}' at byte 21"
    ),
    (
      "object in metadata", safetensors(#"{"__metadata__":{"a":{"b":"c"}}}"#), .malformed,
      "__metadata__: expected a string for 'a', found '{\"b\":\"c\"}}}' at byte 21"
    ),
    (
      "metadata no object", safetensors(#"{"__metadata__":"a"}"#), .malformed,
      "__metadata__: expected '{' to open an object of strings, found '\"a\"}' at byte 16"
    ),
    (
      "text after", safetensors("{}x"), .malformed,
      "header: expected nothing but spaces after the closing brace, found 'x' at byte 2"
    ),
    (
      "NUL after", safetensors("{}\0\0"), .malformed,
      "header: expected nothing but spaces after the closing brace, found '\\u{0}\\u{0}' at byte 2"
    ),
    ("array", safetensors("[]"), .malformed, "header: expected '{' to open the header, found '[]' at byte 0"),
    (
      "no JSON", safetensors("invalid"), .malformed,
      "header: expected '{' to open the header, found 'invalid' at byte 0"
    ),
    (
      "spaces alone", safetensors("    "), .malformed,
      "header: expected '{' to open the header, found the end of the header"
    ),
    (
      "no UTF-8", safetensors([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x7D]), .malformed,
      "header: expected strings in UTF-8, found invalid bytes at byte 2"
    ),
    (
      "not closed", safetensors("{"), .malformed, "header: expected a key in double quotes, found the end of the header"
    ),
    (
      "comma at the end", safetensors(#"{"a":"# + entry("U8", "[1]", "[0,1]") + ",}", data: 1), .malformed,
      "header: expected a key in double quotes, found '}' at byte 53"
    ),
    (
      "single quotes", safetensors("{'a':1}"), .malformed,
      "header: expected a key in double quotes, found ''a':1}' at byte 1"
    ),
    (
      "control character", safetensors("{\"a\n\":1}"), .malformed,
      "header: expected a string without control characters, found '\\n\":1}' at byte 3"
    ),
    (
      "unknown escape", safetensors(#"{"\x61":1}"#), .malformed,
      "header: expected an escape that JSON has, found 'x61\":1}' at byte 3"
    ),
    (
      "short escape", safetensors(#"{"\u00":1}"#), .malformed,
      "header: expected four hexadecimal digits after \\u, found '\":1}' at byte 6"
    ),
    (
      "lone surrogate", safetensors(#"{"\ud800":1}"#), .malformed,
      "header: expected surrogates in pairs, found '\\ud800' alone"
    ),
    (
      "low surrogate first", safetensors(#"{"\udc00\ud800":1}"#), .malformed,
      "header: expected surrogates in pairs, found '\\udc00' alone"
    ),
    (
      "two high surrogates", safetensors(#"{"\ud800\ud800":1}"#), .malformed,
      "header: expected surrogates in pairs, found '\\ud800' alone"
    ),
    (
      "BOM", safetensors("\u{FEFF}{}"), .malformed,
      "header: expected '{' to open the header, found '\\u{feff}{}' at byte 0"
    ),
    (
      "no dtype", safetensors(#"{"a":{"shape":[1],"data_offsets":[0,1]}}"#, data: 1), .malformed,
      "tensor 'a': expected dtype, shape and data_offsets, found no dtype"
    ),
    (
      "no shape", safetensors(#"{"a":{"dtype":"U8","data_offsets":[0,1]}}"#, data: 1), .malformed,
      "tensor 'a': expected dtype, shape and data_offsets, found no shape"
    ),
    (
      "no offsets", safetensors(#"{"a":{"dtype":"U8","shape":[1]}}"#, data: 1), .malformed,
      "tensor 'a': expected dtype, shape and data_offsets, found no data_offsets"
    ),
    (
      "no object", safetensors(#"{"a":[1]}"#), .malformed,
      "tensor 'a': expected '{' to open an object with dtype, shape and data_offsets, found '[1]}' at byte 5"
    ),
    (
      "null tensor", safetensors(#"{"a":null}"#), .malformed,
      "tensor 'a': expected '{' to open an object with dtype, shape and data_offsets, found 'null}' at byte 5"
    ),
    (
      "N = 0", bytes([UInt64(0)]), .malformed,
      "expected a safetensors header of 1 to 100000000 bytes, found one of 0, as the first 8 bytes say; give a safetensors file"
    ),
    (
      "N = 2^63", safetensors("{}", length: 1 << 63), .malformed,
      "expected a safetensors header of 1 to 100000000 bytes, found one of 9223372036854775808, as the first 8 bytes say; give a safetensors file"
    ),
    (
      "N = 2^64-1", safetensors("{}", length: .max), .malformed,
      "expected a safetensors header of 1 to 100000000 bytes, found one of 18446744073709551615, as the first 8 bytes say; give a safetensors file"
    ),
    (
      "test_header_too_large", [0x3C, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF], .malformed,
      "expected a safetensors header of 1 to 100000000 bytes, found one of 18446742974197923900, as the first 8 bytes say; give a safetensors file"
    ),
    (
      "N beyond the file", safetensors("{}", length: 60), .truncated,
      "expected a header of 60 bytes, found 2; the file is cut off: copy or write it again"
    ),
    (
      "N at the limit beyond the file", safetensors("{}", length: 100_000_000), .truncated,
      "expected a header of 100000000 bytes, found 2; the file is cut off: copy or write it again"
    ),
    (
      "7 bytes", [UInt8](repeating: 0, count: 7), .truncated,
      "expected a safetensors file of at least 8 bytes, found 7; the file is cut off: copy or write it again"
    ),
    (
      "no bytes", [], .truncated,
      "expected a safetensors file of at least 8 bytes, found 0; the file is cut off: copy or write it again"
    ),
    (
      "control characters in a name", safetensors(#"{"\u001b[31m\n":"# + entry("F99", "[1]", "[0,1]") + "}", data: 1),
      .unsupported, "tensor '\\u{1b}[31m\\n': expected a dtype of the format, such as F32, found 'F99'"
    ),
  ]

  @Test(arguments: refused)
  func refuses(name: String, bytes: [UInt8], code: FileError.Code, message: String) throws {
    let path = folder.write(bytes, to: "a.safetensors")
    #expect(fileError { _ = try SafetensorsFile(path: path) } == FileError(code, path: path, message))
  }
}
