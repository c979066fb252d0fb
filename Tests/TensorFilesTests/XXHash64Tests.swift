import Testing

@testable import TensorFiles

struct XXHash64Tests {
  /// Answers of the reference implementation: the empty input, tails of every kind, more than a block of 32.
  @Test(
    arguments: [
      ("", 0xEF46_DB37_51D8_E999), ("a", 0xD24E_C4F1_A98C_6E5B), ("abc", 0x44BC_2CF5_AD77_0999),
      ("message digest", 0x066E_D728_FCEE_B3BE), ("abcdefghijklmnopqrstuvwxyz", 0xCFE1_F278_FA89_835C),
      ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 0xAAA4_6907_D304_7814),
      (
        "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
        0xE04A_477F_19EE_145D
      ),
    ] as [(String, UInt64)])
  func isTheReferences(text: String, expected: UInt64) {
    #expect(Array(text.utf8).withUnsafeBytes { XXHash64.digest($0) } == expected)
  }

  @Test func standsAtAnyAddress() {
    let bytes = (0..<200).map { UInt8($0) }
    let expected = Array(bytes[3...]).withUnsafeBytes { XXHash64.digest($0) }
    #expect(bytes.withUnsafeBytes { XXHash64.digest(UnsafeRawBufferPointer(rebasing: $0[3...])) } == expected)
  }

  /// Pieces of every length up to more than two blocks, one after another.
  @Test(arguments: [1, 3, 8, 31, 32, 33, 64, 71])
  func piecesAreTheWhole(length: Int) {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 * 7) }
    var hash = XXHash64()
    var done = 0
    for start in stride(from: 0, to: bytes.count, by: length) {
      let piece = Array(bytes[start..<min(start + length, bytes.count)])
      piece.withUnsafeBytes { hash.update($0) }
      done += piece.count
      #expect(hash.digest == Array(bytes[..<done]).withUnsafeBytes { XXHash64.digest($0) })
    }
  }
}
