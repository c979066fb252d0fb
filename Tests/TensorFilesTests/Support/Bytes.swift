/// A .npy file by parts, any of which may be wrong.
func npy(
  _ header: String, data: [UInt8] = [], version: (UInt8, UInt8) = (1, 0), length: Int? = nil,
  magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
) -> [UInt8] {
  let text = Array(header.utf8)
  let length = length ?? text.count
  let size = (0..<(version.0 == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
  return magic + [version.0, version.1] + size + text + data
}

/// A proper header of a .npy file.
func header(_ descr: String, _ shape: String, fortran: Bool = false) -> String {
  "{'descr': '\(descr)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape), }\n"
}

/// A safetensors file by parts, any of which may be wrong.
func safetensors(_ header: [UInt8], data: [UInt8] = [], length: UInt64? = nil) -> [UInt8] {
  bytes([length ?? UInt64(header.count)]) + header + data
}

func safetensors(_ header: String, data: Int = 0, length: UInt64? = nil) -> [UInt8] {
  safetensors(Array(header.utf8), data: (0..<data).map { UInt8(truncatingIfNeeded: $0) }, length: length)
}

/// The header's JSON of one tensor.
func entry(_ dtype: String, _ shape: String, _ offsets: String) -> String {
  #"{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}"#
}
