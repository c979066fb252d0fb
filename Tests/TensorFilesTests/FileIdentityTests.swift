import Foundation
import Testing

@testable import TensorFiles

struct FileIdentityTests {
  let folder = Folder()

  @Test func smallFilesAreReadWhole() throws {
    for size in [0, 1, 5000, 300_000] {
      #expect(FileIdentity.ranges(size: size, sampled: true) == [0..<size])
      #expect(FileIdentity.ranges(size: size, sampled: false) == [0..<size])
    }
  }

  @Test(arguments: [1_000_000, 1_000_001, 8 << 30])
  func samplesAreOrderedAndReachBothEnds(size: Int) throws {
    let ranges = FileIdentity.ranges(size: size, sampled: true)
    #expect(ranges.first?.lowerBound == 0 && ranges.last?.upperBound == size)
    #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound })
    #expect(ranges.reduce(0) { $0 + $1.count } < 500_000)
  }

  @Test func contentsAndSizeTell() throws {
    var bytes = [UInt8](repeating: 7, count: 10_000)
    let first = try FileIdentity(path: folder.write(bytes, to: "a"), sampled: true)
    #expect(try FileIdentity(path: folder.write(bytes, to: "b"), sampled: true).digest == first.digest)
    bytes[5000] = 8
    #expect(try FileIdentity(path: folder.write(bytes, to: "c"), sampled: true).digest != first.digest)
    let longer = try FileIdentity(path: folder.write(bytes + [0], to: "d"), sampled: true)
    #expect(longer.size == 10_001 && longer.digest != first.digest)
  }

  @Test func theTimeOfAChangeIsKept() throws {
    let path = folder.write([1], to: "a")
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: path)
    #expect(try FileIdentity(path: path, sampled: true).modified == 1_000_000_000_000_000)
  }
}
