import Foundation

/// Files made byte by byte, so that tests can lie in them.
enum Fixture {
  /// A .npy file with the header as given; `descr`, `fortran` and `shape` are pasted into it.
  static func npy(descr: String = "'<f4'", fortran: String = "False", shape: String, data: Data = Data()) -> Data {
    npy(header: "{'descr': \(descr), 'fortran_order': \(fortran), 'shape': \(shape), }", data: data)
  }

  static func npy(header: String, data: Data = Data(), major: UInt8 = 1, minor: UInt8 = 0) -> Data {
    var text = header
    let prefix = major == 1 ? 10 : 12
    while (prefix + text.utf8.count + 1) % 64 != 0 { text += " " }
    text += "\n"
    var file = Data([0x93] + Array("NUMPY".utf8) + [major, minor])
    let length = text.utf8.count
    if major == 1 {
      file += bytes([UInt16(length)])
    } else {
      file += bytes([UInt32(length)])
    }
    return file + Data(text.utf8) + data
  }

  static func bytes<Number>(_ numbers: [Number]) -> Data { numbers.withUnsafeBytes { Data($0) } }

  static func floats(_ numbers: [Float], _ shape: String) -> Data { npy(shape: shape, data: bytes(numbers)) }

  static func integers(_ numbers: [Int64], _ shape: String) -> Data {
    npy(descr: "'<i8'", shape: shape, data: bytes(numbers))
  }

  /// A tensor of a safetensors file.
  struct Weight {
    var name: String
    var shape: [Int]
    var values: [Float]
    var dtype = "F32"
  }

  static func safetensors(_ weights: [Weight], metadata: [String: String] = [:]) -> Data {
    var entries: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }
      entries.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var data = Data()
    for weight in weights {
      let start = data.count
      data += bytes(weight.values)
      let shape = weight.shape.map(\.description).joined(separator: ",")
      entries.append(
        "\"\(weight.name)\":{\"dtype\":\"\(weight.dtype)\",\"shape\":[\(shape)],\"data_offsets\":[\(start),\(data.count)]}"
      )
    }
    return safetensors(header: "{\(entries.joined(separator: ","))}", data: data)
  }

  static func safetensors(header: String, data: Data = Data()) -> Data {
    bytes([UInt64(header.utf8.count)]) + Data(header.utf8) + data
  }

  /// A head of 4 features and 10 classes, cutoffs [4, 7], projections 2 and 1.
  static let weights: [Weight] = [
    weight("head.weight", [6, 4]), weight("tail.0.0.weight", [2, 4]), weight("tail.0.1.weight", [3, 2]),
    weight("tail.1.0.weight", [1, 4]), weight("tail.1.1.weight", [3, 1]),
  ]

  static let metadata = ["cutoffs": "[4, 7]", "in_features": "4", "n_classes": "10", "head_bias": "false"]

  static func weight(_ name: String, _ shape: [Int]) -> Weight {
    let count = shape.reduce(1, *)
    return Weight(name: name, shape: shape, values: (0..<count).map { Float(($0 * 7 + name.utf8.count) % 11 - 5) / 8 })
  }

  /// A folder of good files: head.safetensors, hidden.npy [6, 4], targets.npy [6], x.npy [2, 3], words.txt.
  static func folder() throws -> Folder {
    let folder = Folder()
    try folder.write(safetensors(weights, metadata: metadata), "head.safetensors")
    try folder.write(floats((0..<24).map { Float($0 % 7) - 3 }, "(6, 4)"), "hidden.npy")
    try folder.write(integers([0, 3, 4, 6, 7, 9], "(6,)"), "targets.npy")
    try folder.write(floats([1, 2, 3, 1, 0, 0], "(2, 3)"), "x.npy")
    try folder.write(Data((0..<10).map { "word\($0)\n" }.joined().utf8), "words.txt")
    return folder
  }
}
