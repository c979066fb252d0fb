/// What a file is recognised by when a job that read it goes on later or elsewhere: its size and a checksum of its contents.
///
/// Small files are read whole. Of larger ones, the first and last 64 KB and 64 blocks of 4 KB between them are: a job on
/// many gigabytes must not begin by reading them all. What the sample misses, the time of the last change tells.
package struct FileIdentity: Sendable, Equatable {
  package let size: Int
  package let digest: UInt64
  /// The time of the last change in nanoseconds since 1970.
  package let modified: Int

  /// The size up to which files are read whole.
  private static let wholeBytes = 1 << 30
  private static let endBytes = 1 << 16
  private static let blockBytes = 1 << 12
  private static let blocks = 64

  /// Reads the file, or a sample of it with `sampled`.
  ///
  /// - Throws: `FileError` (`missing`, `unreadable`, `truncated`, `readFailed`).
  package init(path: String, sampled: Bool) throws(FileError) {
    let file = try InputFile(path: path)
    (size, modified) = (file.size, file.modified)
    digest = try Self.digest(of: file, ranges: Self.ranges(size: size, sampled: sampled))
  }

  /// What is read of a file of this size.
  static func ranges(size: Int, sampled: Bool) -> [Range<Int>] {
    let least = 2 * endBytes + 2 * blocks * blockBytes
    guard size > (sampled ? least : wholeBytes) else { return [0..<size] }
    let middle = endBytes..<(size - endBytes)
    let step = middle.count / blocks
    let samples = (0..<blocks).map { (i: Int) -> Range<Int> in
      let start = middle.lowerBound + i * step
      return start..<(start + blockBytes)
    }
    return [0..<endBytes] + samples + [middle.upperBound..<size]
  }

  /// The checksum of the pieces' checksums; pieces of at most 1 MB, so that memory stays flat.
  private static func digest(of file: InputFile, ranges: [Range<Int>]) throws(FileError) -> UInt64 {
    var digests: [UInt64] = []
    for range in ranges {
      for start in stride(from: range.lowerBound, to: range.upperBound, by: 1 << 20) {
        let bytes = try file.bytes(min(1 << 20, range.upperBound - start), at: start)
        digests.append(bytes.withUnsafeBytes { XXHash64.digest($0) })
      }
    }
    return digests.withUnsafeBytes { XXHash64.digest($0) }
  }
}
