import Testing

@testable import TensorFiles

struct ForeignFormatTests {
  let folder = Folder()

  private static let tar =
    [UInt8](repeating: 0x61, count: 257) + Array("ustar".utf8) + [UInt8](repeating: 0, count: 250)

  static let tensors: [(name: String, bytes: [UInt8], found: String)] = [
    (
      "index", Array(#"{"metadata": {}, "weight_map": {}}"#.utf8),
      "JSON; where it is an index, give the file that it names for the tensors"
    ),
    ("short JSON", Array("{}".utf8), "JSON; "),
    (
      "LFS", Array("version https://git-lfs.github.com/spec/v1\noid sha256:0\n".utf8),
      "a pointer of Git LFS; fetch the file itself: git lfs pull"
    ),
    ("GGUF", Array("GGUF".utf8) + bytes([UInt32(3), 0, 0, 0, 0]), "GGUF; give the safetensors or .pt file"),
    ("HDF5", [0x89] + Array("HDF\r\n\u{1a}\n".utf8) + [0, 0, 0], "HDF5; save its contents"),
    // Of a header's length, this could be one.
    ("gzip", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 3] + [UInt8](repeating: 7, count: 50), "gzip; unpack it: gunzip"),
    (
      "pickle 2", [0x80, 2, 0x7D, 0x71, 0, 0x2E],
      "a pickle, as torch.save wrote before PyTorch 1.6 and others do; load it"
    ),
    ("pickle 4", [0x80, 4, 0x95, 2, 0, 0, 0, 0, 0, 0, 0, 0x7D, 0x2E], "a pickle, "),
    ("tar", tar, "a tar file, as the oldest .pt files are; load it and save it again"),
    ("array", npy(header("<f4", "(0,)")), "a .npy array; give a file of named tensors"),
  ]

  @Test(arguments: tensors)
  func isNamedInPlaceOfTensors(name: String, bytes: [UInt8], found: String) {
    let path = folder.write(bytes, to: "head")
    let error = fileError { _ = try openTensorFile(path: path) }
    #expect(error?.code == .unsupported)
    #expect(
      error?.description.hasPrefix("\(path): expected a safetensors or .pt file of named tensors, found \(found)")
        == true, "\(String(describing: error))")
  }

  static let arrays: [(name: String, bytes: [UInt8], found: String)] =
    tensors.dropLast() + [
      (
        "a .npz", zip([ZipPart("a.npy", npy(header("<f4", "(0,)")))]),
        "a ZIP file, as .npz and .pt are; save its arrays"
      ),
      ("safetensors", safetensors(#"{"a":"# + entry("U8", "[1]", "[0,1]") + "}", data: 1), "a safetensors file; save"),
      ("something else", [1, 2, 3], "something else"),
    ]

  @Test(arguments: arrays)
  func isNamedInPlaceOfAnArray(name: String, bytes: [UInt8], found: String) {
    let path = folder.write(bytes, to: "x.npy")
    let error = fileError { _ = try NPYReader(path: path) }
    #expect(error?.code == .malformed)
    #expect(
      error?.description.hasPrefix("\(path): expected a .npy file, which begins with \\x93NUMPY, found \(found)")
        == true, "\(String(describing: error))")
  }

  /// Of these lengths a header begins like a pickle, gzip or JSON: what is wrong with it is told all the same.
  @Test(arguments: [0x0280, 0x8B1F, 0x7B])
  func aDamagedHeaderIsOne(length: Int) {
    let header = Array("{\"a\":7}".utf8) + [UInt8](repeating: 0x20, count: length - 7)
    let error = fileError { _ = try openTensorFile(path: folder.write(safetensors(header), to: "a")) }
    #expect(error?.code == .malformed)
    #expect(error?.description.contains("tensor 'a': expected '{'") == true, "\(String(describing: error))")
  }

  @Test func whatIsNoneOfTheseHasNoHeader() {
    let path = folder.write(Array("weights: all of them".utf8), to: "a")
    let error = fileError { _ = try openTensorFile(path: path) }
    #expect(error?.description.contains("as the first 8 bytes say; give a safetensors file") == true)
  }
}
