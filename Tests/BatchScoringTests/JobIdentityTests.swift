import Testing

@testable import BatchScoring

struct JobIdentityTests {
  private func identity(_ lines: [(String, String)]) -> JobIdentity {
    var identity = JobIdentity()
    for (key, value) in lines { identity.add(key, item: key.hasPrefix("hidden") ? 0 : nil, value) }
    return identity
  }

  private func mismatch(_ mine: [(String, String)], _ theirs: [(String, String)]) -> String? {
    identity(mine).mismatch(with: identity(theirs)) { key, _ in "FILE.\(key)" }.map { "\($0.expected) | \($0.found)" }
  }

  @Test func optionsAreNamedWithTheirValues() {
    let mine = [("job", "score"), ("recall", "1 5"), ("mrr", "no"), ("weights", "f32"), ("head", "1")]
    #expect(mismatch(mine, mine) == nil)
    #expect(
      mismatch(mine, [("job", "score"), ("recall", "none"), ("mrr", "yes"), ("weights", "f32"), ("head", "2")])
        == "a job with no --recall and --mrr | one with --recall 1 5 and no --mrr")
    #expect(mismatch(mine, [("job", "rank"), ("k", "1")]) == "a rank job | a score job")
    #expect(
      mismatch(mine + [("permutation", "7")], mine)
        == "a job with no --permutation | one with --permutation")
  }

  @Test(arguments: ["is rows#-1 0..<5", "is rows#x 0..<5", "is rows# 0..<5", "was rows 0..<5", "is rows"])
  func linesOfNoItemAreRefused(line: String) {
    var identity = JobIdentity()
    #expect(!identity.take(line: line) && identity.lines.isEmpty)
  }

  @Test func filesAreNamed() {
    let mine = [("job", "score"), ("hidden", "1"), ("hidden-changed", "5")]
    #expect(
      mismatch(mine, [("job", "score"), ("hidden", "2"), ("hidden-changed", "6")])
        == "FILE.hidden as the job began with it | another file")
    #expect(
      mismatch(mine, [("job", "score"), ("hidden", "1"), ("hidden-changed", "6")])
        == "FILE.hidden as the job began with it | that it was changed since")
    #expect(
      mismatch([("arithmetic", "1"), ("k", "1")], [("arithmetic", "2"), ("k", "2")])
        == "results as this version computes them | those of another version")
  }

  /// One key's lines are compared together: an output more is a difference of its own.
  @Test func keysMayComeTwice() {
    #expect(
      mismatch([("output", "float32 []")], [("output", "float32 []"), ("output", ".lse.npy float32 []")])
        == "float32 [], .lse.npy float32 [] in the output | float32 []")
  }
}
