import AdaptiveSoftmax
import Foundation
import TensorFiles
import TestSupport
import Testing

@testable import BatchScoring

struct ClassCountsTests {
  private static func read(_ text: String, as firstColumn: ClassCounts.FirstColumn? = nil) throws -> [Double] {
    let folder = try PlanFolder()
    try folder.write(text, "counts.tsv")
    return try ClassCounts(path: folder.path("counts.tsv"), firstColumn: firstColumn).counts
  }

  @Test func theThreeForms() throws {
    #expect(try Self.read("5\n3\n\n".replacing("\n\n", with: "\n")) == [5, 3])
    #expect(try Self.read("the\t70\nof\t30\nof 1984\t2\n") == [70, 30, 2])
    #expect(try Self.read("1\t7\n0\t9\n3\t1") == [9, 7, 0, 1])
    #expect(try Self.read("a\t1.5\r\nb\t2e3\r\n") == [1.5, 2000])
    #expect(try Self.read("\u{FEFF}1\t5\n0\t9\n") == [9, 5])
    #expect(try Self.read("a b\tc\t4\n\t6\n") == [4, 6])
  }

  /// A word may be a number where it is said that the column is of words.
  @Test func theFirstColumnByName() throws {
    #expect(try Self.read("the\t70\nof\t30\n1984\t2\n", as: .words) == [70, 30, 2])
    #expect(try Self.read("1984\t2\n7\t3\n", as: .words) == [2, 3])
    #expect(try Self.read("1\t7\n0\t9\n", as: .ids) == [9, 7])
    for (text, says) in [
      ("x\t7\n0\t9\n", "line 1: expected a class id and a tab on every line, found 'x'; correct it"),
      ("0\t7\n9\n", "line 2: expected a class id and a tab on every line, found a count alone; correct it"),
    ] {
      expectRefusal(.data, says) { try Self.read(text, as: .ids) }
    }
    expectRefusal(.data, "line 2: expected a word and a tab on every line, found a count alone") {
      try Self.read("the\t7\n9\n", as: .words)
    }
  }

  @Test func arraysOfEveryKind() throws {
    let folder = try PlanFolder()
    try Tensor<Int64>([5, 1 << 40, 0]).save(npy: folder.path("i.npy"))
    try Tensor<Float>([0.5, 2]).save(npy: folder.path("f.npy"))
    #expect(try ClassCounts(path: folder.path("i.npy")).counts == [5, 1_099_511_627_776, 0])
    #expect(try ClassCounts(path: folder.path("f.npy")).counts == [0.5, 2])
  }

  @Test func sortedOrNot() throws {
    let folder = try PlanFolder()
    try folder.write("3\n3\n1\n", "a")
    try folder.write("3\n4\n1\n", "b")
    #expect(try ClassCounts(path: folder.path("a")).isSorted)
    let counts = try ClassCounts(path: folder.path("b"))
    #expect(!counts.isSorted)
    #expect(try counts.mostFrequent(nil, path: "b") == [4, 3, 1])
    #expect(try counts.mostFrequent(2, path: "b") == [4, 3])
    expectRefusal(.usage, "b: expected at least 4 classes, found 3") { try counts.mostFrequent(4, path: "b") }
  }

  private static let refusals: [(text: String, says: String)] = [
    ("", "expected counts of at least 2 classes, one of them above 0, found 0 classes"),
    ("7\n", "expected counts of at least 2 classes"),
    ("0\n0\n", "found 2 classes with 0 above 0"),
    ("3\nx\n", "line 2: expected a count, or an id or word, a tab and a count, found 'x'"),
    ("a\t3\n\nb\t2\n", "line 2: expected a count"),
    ("a\t3\nb\t-2\n", "line 2: expected a count that is finite and not negative, found -2.0"),
    ("a\tinf\nb\t2\n", "line 1: expected a count that is finite and not negative, found inf"),
    ("0\t3\n1\t2\n0\t1\n", "line 3: expected each id once, found 0 on line 1 too"),
    ("0\t3\n999999999999\t2\n", "line 2: expected class ids below 67108864, found 999999999999"),
    (
      "3\t5\n2\t30\n1\t4\nx\t9\n",
      "line 4: expected a class id and a tab as on line 1, found 'x'; correct it, or name the column: --first-column words"
    ),
    ("3\t5\n7\n", "line 2: expected a class id and a tab as on line 1, found a count alone"),
    ("3\t5\n\t7\n", "line 2: expected a class id and a tab as on line 1, found ''"),
    ("3\t5\n99999999999999999999\t7\n", "line 2: expected class ids below 67108864, found '99999999999999999999'"),
    ("3\t5\n-1\t7\n", "line 2: expected class ids below 67108864, found '-1'"),
    (" 0\t5\n 1\t7\n", "line 1: expected class ids below 67108864, found ' 0'"),
    ("the\t5\n1984\t7\n", "line 2: expected a word as on line 1, found the number '1984'; correct it, or name"),
    ("the\t5\n7\n", "line 2: expected a word and a tab as on line 1, found a count alone"),
    ("5\n3\t7\n", "line 2: expected a count alone as on line 1, found '3' before it"),
    ("\u{1F}\u{8B}", "line 1: expected a count"),
  ]

  @Test(arguments: refusals.indices)
  func isRefused(index: Int) throws {
    let (text, says) = Self.refusals[index]
    let error = #expect(throws: ScoringError.self) { try Self.read(text) }
    #expect(error?.kind == .data)
    #expect(
      error?.description.contains("counts.tsv: ") == true && error?.description.contains(says) == true, "\(error!)")
  }

  @Test func otherFilesAreRefused() throws {
    let folder = try PlanFolder()
    try folder.write(Data([0x1F, 0x8B, 8, 0, 10, 3]), "counts.tsv.gz")
    expectRefusal(.data, "counts.tsv.gz: expected lines of text, found gzip") {
      try ClassCounts(path: folder.path("counts.tsv.gz"))
    }
    expectRefusal(.missingInput, "none.tsv: cannot be opened") { try ClassCounts(path: folder.path("none.tsv")) }
    try Tensor<Int64>(shape: [2, 2], scalars: [1, 2, 3, 4]).save(npy: folder.path("square.npy"))
    expectRefusal(.data, "square.npy: expected counts of shape [classes], found int64 of shape [2, 2]") {
      try ClassCounts(path: folder.path("square.npy"))
    }
    try Tensor<Double>([1, .nan]).save(npy: folder.path("nan.npy"))
    expectRefusal(.data, "nan.npy: row 1: expected a count that is finite and not negative, found nan") {
      try ClassCounts(path: folder.path("nan.npy"))
    }
  }
}
