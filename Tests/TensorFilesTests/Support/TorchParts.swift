/// A member of a ZIP file by parts, any of which may be wrong.
struct ZipPart {
  var name: String
  var data: [UInt8]
  var method: UInt16 = 0
  var flags: UInt16 = 0
  var crc: UInt32?
  var localName: String?
  var localCRC: UInt32?
  var localSize: UInt32?
  var centralSize: UInt32?
  var packedSize: UInt32?
  var centralExtra: [UInt8] = []
  var offset: UInt32?
  var disk: UInt16 = 0

  init(_ name: String, _ data: [UInt8]) {
    self.name = name
    self.data = data
  }

  init(_ name: String, _ text: String) { self.init(name, Array(text.utf8)) }
}

/// The end of a ZIP file by parts; nil stands for what is true.
struct ZipEnd {
  var count: UInt16?
  var size: UInt32?
  var offset: UInt32?
  /// A ZIP64 end record and its locator: count, directory size and offset, the record's own size, its place.
  var wide: (count: UInt64?, size: UInt64?, offset: UInt64?, record: UInt64?, place: UInt64?)?
  var comment: [UInt8] = []
}

/// A ZIP file of those parts.
func zip(_ parts: [ZipPart], end: ZipEnd = ZipEnd()) -> [UInt8] {
  var file: [UInt8] = []
  var directory: [UInt8] = []
  for part in parts {
    let start = UInt32(file.count)
    let size = UInt32(part.data.count)
    let crc = part.crc ?? checksum(part.data)
    let localName = Array((part.localName ?? part.name).utf8)
    file += bytes([UInt32(0x0403_4B50)]) + bytes([20, part.flags, part.method, 0, 0])
    file += bytes([part.localCRC ?? crc, part.localSize ?? size, part.localSize ?? size])
    file += bytes([UInt16(localName.count), 0]) + localName + part.data
    directory += bytes([UInt32(0x0201_4B50)]) + bytes([20, 20, part.flags, part.method, 0, 0])
    directory += bytes([crc, part.packedSize ?? part.centralSize ?? size, part.centralSize ?? size])
    directory += bytes([UInt16(part.name.utf8.count), UInt16(part.centralExtra.count), 0, part.disk, 0, 0, 0])
    directory += bytes([part.offset ?? start]) + Array(part.name.utf8) + part.centralExtra
  }
  let offset = file.count
  file += directory
  if let wide = end.wide {
    let place = file.count
    file +=
      bytes([UInt32(0x0606_4B50)]) + bytes([wide.record ?? 44]) + bytes([UInt16(20), 20]) + bytes([UInt32(0), 0])
    let count = wide.count ?? UInt64(parts.count)
    file += bytes([count, count, wide.size ?? UInt64(directory.count), wide.offset ?? UInt64(offset)])
    file += bytes([UInt32(0x0706_4B50), 0]) + bytes([wide.place ?? UInt64(place)]) + bytes([UInt32(1)])
  }
  let count = end.count ?? UInt16(parts.count)
  file += bytes([UInt32(0x0605_4B50)]) + bytes([UInt16(0), 0, count, count])
  file += bytes([end.size ?? UInt32(directory.count), end.offset ?? UInt32(offset)])
  return file + bytes([UInt16(end.comment.count)]) + end.comment
}

/// CRC-32, bit by bit.
func checksum(_ bytes: [UInt8]) -> UInt32 {
  var crc: UInt32 = 0xFFFF_FFFF
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
  }
  return ~crc
}

/// The opcodes of a pickle.
enum Pickle {
  static let mark = Array("(".utf8)

  static func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }

  static func string(_ text: String) -> [UInt8] {
    Array("X".utf8) + bytes([UInt32(text.utf8.count)]) + Array(text.utf8)
  }

  /// LONG1 of eight bytes: any Int.
  static func int(_ value: Int) -> [UInt8] { [0x8A, 8] + bytes([value]) }

  static func tuple(_ items: [UInt8]...) -> [UInt8] { mark + items.flatMap { $0 } + Array("t".utf8) }

  static func ints(_ values: [Int]) -> [UInt8] { mark + values.flatMap { int($0) } + Array("t".utf8) }

  static func storage(_ key: String, _ count: Int, _ type: String = "FloatStorage") -> [UInt8] {
    tuple(string("storage"), global("torch", type), string(key), string("cpu"), int(count)) + Array("Q".utf8)
  }

  static func tensor(_ storage: [UInt8], _ offset: Int, _ shape: [Int], _ strides: [Int]) -> [UInt8] {
    let orderedDict = global("collections", "OrderedDict") + Array(")R".utf8)
    return global("torch._utils", "_rebuild_tensor_v2")
      + tuple(storage, int(offset), ints(shape), ints(strides), [0x89], orderedDict) + Array("R".utf8)
  }

  static func dict(_ items: (String, [UInt8])...) -> [UInt8] {
    Array("}(".utf8) + items.flatMap { string($0) + $1 } + Array("u".utf8)
  }

  /// A whole pickle of protocol 2.
  static func whole(_ value: [UInt8]) -> [UInt8] { [0x80, 2] + value + Array(".".utf8) }

  /// A dict with the one tensor `w`: [2, 3] float32 in storage 0.
  static let plain = whole(dict(("w", tensor(storage("0", 6), 0, [2, 3], [3, 1]))))
}

/// A .pt file by parts: its pickle, and storage 0 of six floats.
func torchFile(
  _ pickle: [UInt8] = Pickle.plain, storage: [UInt8] = bytes((0..<6).map { Float($0).bitPattern }),
  more: [ZipPart] = [], end: ZipEnd = ZipEnd(), change: (inout [ZipPart]) -> Void = { _ in }
) -> [UInt8] {
  var parts = [ZipPart("m/data.pkl", pickle), ZipPart("m/data/0", storage), ZipPart("m/version", "3\n")] + more
  change(&parts)
  return zip(parts, end: end)
}
