import Testing

@testable import BatchScoring

struct ShardTests {
  @Test(arguments: [0..<0, 0..<1, 5..<12, 0..<1000, 3..<Int.max], [1, 2, 3, 7, 1000])
  func partsFollowOneAnother(rows: Range<Int>, count: Int) throws {
    var next = rows.lowerBound
    for index in 1...count {
      let part = try #require(Shard(index: index, count: count)).rows(of: rows)
      #expect(part.lowerBound == next)
      #expect(part.count == rows.count / count || part.count == rows.count / count + 1)
      next = part.upperBound
    }
    #expect(next == rows.upperBound)
  }

  @Test(arguments: ["0/4", "5/4", "1", "1/", "/2", "1/2/3", "-1/2", "1/0", "a/b", "", "1 /2"])
  func otherTextIsRefused(text: String) {
    #expect(Shard(text) == nil)
  }

  @Test func textIsRead() {
    #expect(Shard("2/4") == Shard(index: 2, count: 4))
    #expect(Shard("2/4")?.description == "2/4")
  }
}
