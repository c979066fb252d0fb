/// What is given in place of tensors or an array by mistake, known by its bytes: the error says what it is.
enum ForeignFormat {
  private static let known: [(offset: Int, bytes: [UInt8], found: String)] = [
    (8, Array("{".utf8), "a safetensors file; save the tensor alone as .npy"),
    (0, [0x93] + Array("NUMPY".utf8), "a .npy array; give a file of named tensors"),
    (0, Array("{".utf8), "JSON; where it is an index, give the file that it names for the tensors"),
    (0, Array("version https://git-lfs".utf8), "a pointer of Git LFS; fetch the file itself: git lfs pull"),
    (0, Array("GGUF".utf8), "GGUF; give the safetensors or .pt file that it was made from"),
    (0, [0x89] + Array("HDF".utf8), "HDF5; save its contents as safetensors or .npy"),
    (0, [0x1F, 0x8B], "gzip; unpack it: gunzip"),
    (0, Array("PK".utf8), "a ZIP file, as .npz and .pt are; save its arrays as .npy or .safetensors"),
    (0, [0x80, 2], pickle), (0, [0x80, 3], pickle), (0, [0x80, 4], pickle), (0, [0x80, 5], pickle),
    (257, Array("ustar".utf8), "a tar file, as the oldest .pt files are; load it and save it again"),
  ]

  private static let pickle =
    "a pickle, as torch.save wrote before PyTorch 1.6 and others do; load it and save it again"

  /// What the file is, and the mend; nil for none of these.
  static func found(in file: InputFile) throws(FileError) -> String? {
    let start = try file.bytes(min(512, file.size), at: 0)
    return known.first { start.dropFirst($0.offset).starts(with: $0.bytes) }?.found
  }
}
