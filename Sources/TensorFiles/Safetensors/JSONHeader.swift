internal import AdaptiveSoftmax

/// The JSON header of a safetensors file as it is written there: types by name, sizes and offsets still unchecked.
struct JSONHeader: Sendable {
  /// One tensor of the header.
  struct Tensor: Sendable, Equatable {
    /// Its key.
    let name: String
    /// The type as it is spelled there, such as `F32`.
    let dtype: String
    /// Its sizes.
    let shape: [UInt64]
    /// The first of its `data_offsets`: where its bytes begin, from the end of the header on.
    let begin: UInt64
    /// The second: where they end.
    let end: UInt64
  }

  /// The tensors in the header's order.
  let tensors: [Tensor]
  /// The strings under `__metadata__`.
  let metadata: [String: String]

  static let longestName = 4096
  static let highestRank = 32

  /// Reads a header: an object of objects with exactly the JSON that the format allows, spaces around it included.
  ///
  /// Stricter than the reference reader in one point: any key that comes twice is refused, however its accents are composed.
  ///
  /// - Throws: `FileError` (`malformed`, `unsupported` beyond a million tensors, 32 dimensions or names of 4096 bytes).
  init(parsing bytes: UnsafeRawBufferPointer, path: String) throws(FileError) {
    var reader = JSONReader(bytes, path: path)
    var tensors: [Tensor] = []
    var metadata: [String: String] = [:]
    try reader.object(of: "the header") { (reader, key) throws(FileError) in
      reader.subject = key
      defer { reader.subject = nil }
      if key == "__metadata__" {
        metadata = try Self.metadata(&reader)
        return
      }
      tensors.append(try Self.tensor(named: key, &reader))
    }
    try reader.expectEnd()
    self.tensors = tensors
    self.metadata = metadata
  }

  private static func metadata(_ reader: inout JSONReader) throws(FileError) -> [String: String] {
    var metadata: [String: String] = [:]
    if reader.skip(word: "null") { return metadata }
    try reader.object(of: "an object of strings") { (reader, key) throws(FileError) in
      metadata[key] = try reader.string("a string for \(key.quoted)")
    }
    return metadata
  }

  private static func tensor(named name: String, _ reader: inout JSONReader) throws(FileError) -> Tensor {
    var dtype: String?
    var shape: [UInt64]?
    var offsets: [UInt64]?
    try reader.object(of: "an object with dtype, shape and data_offsets") { (reader, key) throws(FileError) in
      switch key {
      case "dtype": dtype = try reader.string("a string for 'dtype'")
      case "shape": shape = try integers(&reader, atMost: highestRank, "'shape'")
      case "data_offsets": offsets = try integers(&reader, atMost: 3, "'data_offsets'")
      default: try reader.skipValue()
      }
    }
    guard let dtype, let shape, let offsets else {
      throw reader.error(
        "dtype, shape and data_offsets", "no \(dtype == nil ? "dtype" : shape == nil ? "shape" : "data_offsets")")
    }
    guard offsets.count == 2 else { throw reader.error("2 data_offsets", "\(offsets)") }
    return Tensor(name: name, dtype: dtype, shape: shape, begin: offsets[0], end: offsets[1])
  }

  private static func integers(
    _ reader: inout JSONReader, atMost limit: Int, _ purpose: String
  ) throws(FileError) -> [UInt64] {
    var values: [UInt64] = []
    try reader.array(of: purpose) { (reader) throws(FileError) in
      guard values.count < limit else {
        throw reader.error("at most \(limit) numbers in \(purpose)", "more", .unsupported)
      }
      values.append(try reader.unsigned("a number in \(purpose)"))
    }
    return values
  }
}
