/// The checksum of ZIP members (reflected polynomial 0xEDB88320), eight bytes at a step.
struct CRC32 {
  private var state: UInt32 = 0xFFFF_FFFF

  /// Row k holds the effect of a byte that k more bytes follow.
  private static let table: [UInt32] = {
    var table = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
      table[byte] = value
    }
    for i in 256..<table.count { table[i] = table[i - 256] >> 8 ^ table[Int(table[i - 256] & 0xFF)] }
    return table
  }()

  var value: UInt32 { ~state }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    Self.table.withUnsafeBufferPointer { table in
      var crc = state
      var i = 0
      while bytes.count - i >= 8 {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)) ^ UInt64(crc)
        crc = 0
        for k in 0..<8 { crc ^= table[(7 - k) * 256 + Int(word >> (8 * UInt64(k)) & 0xFF)] }
        i += 8
      }
      while i < bytes.count {
        crc = crc >> 8 ^ table[Int((crc ^ UInt32(bytes[i])) & 0xFF)]
        i += 1
      }
      state = crc
    }
  }
}
