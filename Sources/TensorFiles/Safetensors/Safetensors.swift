internal import AdaptiveSoftmax

/// Writes safetensors files.
public enum Safetensors {
  /// Writes tensors and metadata; the file appears only when it is whole, and a mapping of what it replaces stays valid.
  ///
  /// The same bytes as the reference writer's: the widest types first, then by name; the header padded to a multiple of 8;
  /// metadata sorted by key.
  ///
  /// - Throws: `FileError` (`malformed` for a name given twice or reserved; `unsupported` for a header beyond 100 MB; `exists`,
  ///   `cannotCreate`, `writeFailed`).
  public static func write(
    _ tensors: [(name: String, tensor: AnyTensorData)], metadata: [String: String] = [:], to path: String,
    overwrite: Bool = false
  ) throws(FileError) {
    try draft(tensors, metadata: metadata, to: path, overwrite: overwrite).commit()
  }

  /// The same as a whole file that has not its name yet.
  package static func draft(
    _ tensors: [(name: String, tensor: AnyTensorData)], metadata: [String: String], to path: String, overwrite: Bool
  ) throws(FileError) -> AtomicFile {
    var names = NameSet()
    for (name, _) in tensors {
      guard let found = name == "__metadata__" ? "the reserved \(name.quoted)" : names.insert(name) else { continue }
      throw FileError(.malformed, path: path, "expected each tensor under a name of its own, found \(found)")
    }
    let ordered = tensors.sorted { a, b in
      let (left, right) = (a.tensor.elementType.safetensorsRank, b.tensor.elementType.safetensorsRank)
      return left == right ? a.name.utf8.lexicographicallyPrecedes(b.name.utf8) : left > right
    }
    let header = header(ordered, metadata)
    guard header.count <= SafetensorsFile.longestHeader else {
      throw FileError(
        .unsupported, path: path,
        "expected a header of at most \(SafetensorsFile.longestHeader) bytes, found \(header.count)")
    }
    var file = try AtomicFile(path: path, overwrite: overwrite)
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    try file.append(length + header)
    for (_, tensor) in ordered {
      try tensor.withUnsafeBytes { (bytes) throws(FileError) in try file.append(bytes) }
    }
    return file
  }

  private static func header(_ tensors: [(name: String, tensor: AnyTensorData)], _ metadata: [String: String])
    -> [UInt8]
  {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      members.append(
        "\"__metadata__\":{" + pairs.map { "\($0.key.asJSON):\($0.value.asJSON)" }.joined(separator: ",") + "}")
    }
    var offset = 0
    for (name, tensor) in tensors {
      let end = offset + tensor.byteCount
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(name.asJSON):{\"dtype\":\"\(tensor.elementType.safetensorsName)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}"
      )
      offset = end
    }
    var bytes = Array("{\(members.joined(separator: ","))}".utf8)
    bytes += [UInt8](repeating: 0x20, count: (8 - bytes.count % 8) % 8)
    return bytes
  }
}
