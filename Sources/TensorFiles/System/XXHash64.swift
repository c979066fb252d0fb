/// XXH64 of bytes, with seed 0: a checksum that keeps up with a disk.
///
/// It finds accidents, not forgeries.
///
/// Source: Yann Collet, xxHash fast digest algorithm, version 0.1.1.
package enum XXHash64 {
  private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  /// The checksum of the bytes: O(count), a few GB/s.
  package static func digest(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var offset = 0
    func next<Word: FixedWidthInteger & BitwiseCopyable>(_: Word.Type) -> Word {
      defer { offset += MemoryLayout<Word>.size }
      return bytes.loadUnaligned(fromByteOffset: offset, as: Word.self)
    }
    var hash = prime5
    if bytes.count >= 32 {
      var (a, b, c, d) = (prime1 &+ prime2, prime2, 0 as UInt64, 0 &- prime1)
      while offset + 32 <= bytes.count {
        a = round(a, next(UInt64.self))
        b = round(b, next(UInt64.self))
        c = round(c, next(UInt64.self))
        d = round(d, next(UInt64.self))
      }
      hash = rotated(a, 1) &+ rotated(b, 7) &+ rotated(c, 12) &+ rotated(d, 18)
      for lane in [a, b, c, d] { hash = (hash ^ round(0, lane)) &* prime1 &+ prime4 }
    }
    hash &+= UInt64(bytes.count)
    while offset + 8 <= bytes.count {
      hash = rotated(hash ^ round(0, next(UInt64.self)), 27) &* prime1 &+ prime4
    }
    if offset + 4 <= bytes.count {
      hash = rotated(hash ^ UInt64(next(UInt32.self)) &* prime1, 23) &* prime2 &+ prime3
    }
    while offset < bytes.count {
      hash = rotated(hash ^ UInt64(next(UInt8.self)) &* prime5, 11) &* prime1
    }
    hash = (hash ^ hash >> 33) &* prime2
    hash = (hash ^ hash >> 29) &* prime3
    return hash ^ hash >> 32
  }

  private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    rotated(lane &+ word &* prime2, 31) &* prime1
  }

  private static func rotated(_ word: UInt64, _ count: UInt64) -> UInt64 { word << count | word >> (64 - count) }
}
