/// XXH64 with seed 0: a checksum that keeps up with a disk, of bytes as they come.
///
/// It finds accidents, not forgeries.
///
/// Source: Yann Collet, xxHash fast digest algorithm, version 0.1.1.
package struct XXHash64: Sendable, Equatable {
  private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  private var lanes = SIMD4<UInt64>(prime1 &+ prime2, prime2, 0, 0 &- prime1)
  /// The bytes after the last whole block of 32.
  private var rest: [UInt8] = []
  private var count: UInt64 = 0

  package init() {}

  /// The checksum of the bytes: O(count), a few GB/s.
  package static func digest(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = XXHash64()
    hash.update(bytes)
    return hash.digest
  }

  /// Takes the bytes that come next.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    count &+= UInt64(bytes.count)
    var bytes = bytes[...]
    if !rest.isEmpty {
      let taken = bytes.prefix(32 - rest.count)
      rest += taken
      bytes = bytes.dropFirst(taken.count)
      guard rest.count == 32 else { return }
      rest.withUnsafeBytes { takeBlocks($0) }
      rest.removeAll(keepingCapacity: true)
    }
    takeBlocks(UnsafeRawBufferPointer(rebasing: bytes.dropLast(bytes.count % 32)))
    rest += bytes.suffix(bytes.count % 32)
  }

  /// The checksum of all bytes taken so far.
  package var digest: UInt64 {
    var hash = Self.prime5
    if count >= 32 {
      let (a, b, c, d) = (lanes[0], lanes[1], lanes[2], lanes[3])
      hash = Self.rotated(a, 1) &+ Self.rotated(b, 7) &+ Self.rotated(c, 12) &+ Self.rotated(d, 18)
      for lane in [a, b, c, d] { hash = (hash ^ Self.round(0, lane)) &* Self.prime1 &+ Self.prime4 }
    }
    hash &+= count
    rest.withUnsafeBytes { rest in
      var offset = 0
      func next<Word: FixedWidthInteger & BitwiseCopyable>(_: Word.Type) -> UInt64 {
        defer { offset += MemoryLayout<Word>.size }
        return UInt64(rest.loadUnaligned(fromByteOffset: offset, as: Word.self))
      }
      while offset + 8 <= rest.count {
        hash = Self.rotated(hash ^ Self.round(0, next(UInt64.self)), 27) &* Self.prime1 &+ Self.prime4
      }
      if offset + 4 <= rest.count {
        hash = Self.rotated(hash ^ next(UInt32.self) &* Self.prime1, 23) &* Self.prime2 &+ Self.prime3
      }
      while offset < rest.count {
        hash = Self.rotated(hash ^ next(UInt8.self) &* Self.prime5, 11) &* Self.prime1
      }
    }
    hash = (hash ^ hash >> 33) &* Self.prime2
    hash = (hash ^ hash >> 29) &* Self.prime3
    return hash ^ hash >> 32
  }

  /// Takes whole blocks of 32 bytes.
  private mutating func takeBlocks(_ blocks: UnsafeRawBufferPointer) {
    var (a, b, c, d) = (lanes[0], lanes[1], lanes[2], lanes[3])
    for offset in stride(from: 0, to: blocks.count, by: 32) {
      func word(_ i: Int) -> UInt64 { blocks.loadUnaligned(fromByteOffset: offset + 8 * i, as: UInt64.self) }
      a = Self.round(a, word(0))
      b = Self.round(b, word(1))
      c = Self.round(c, word(2))
      d = Self.round(d, word(3))
    }
    lanes = SIMD4(a, b, c, d)
  }

  private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    rotated(lane &+ word &* prime2, 31) &* prime1
  }

  private static func rotated(_ word: UInt64, _ count: UInt64) -> UInt64 { word << count | word >> (64 - count) }
}
