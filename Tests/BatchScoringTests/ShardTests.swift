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

  @Test(arguments: [1, 2, 3, 1_000_000])
  func everyRangeIsCut(count: Int) throws {
    for rows in [Int.min..<Int.max, Int.min..<Int.min, -5..<Int.max, Int.min..<7] {
      let first = try #require(Shard(index: 1, count: count)).rows(of: rows)
      let last = try #require(Shard(index: count, count: count)).rows(of: rows)
      #expect(first.lowerBound == rows.lowerBound && last.upperBound == rows.upperBound)
      if count == 2 { #expect(first.upperBound == last.lowerBound) }
    }
    #expect(Shard("1/2")?.rows(of: Int.min..<Int.max) == Int.min..<(-1))
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
