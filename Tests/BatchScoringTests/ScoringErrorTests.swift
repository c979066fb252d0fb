import AdaptiveSoftmax
import Testing

@testable import BatchScoring

struct ScoringErrorTests {
  @Test func isOneLineWhateverTheNames() {
    let error = ScoringError(.data, "no\nsuch\u{1b}[31m.npy: expected \u{2028}")
    #expect(error.description == "no\\nsuch\\u{1b}[31m.npy: expected \\u{2028}")
    let caused = ScoringError(SoftmaxError(.weights, "Unexpected key(s): \"a\nb\""), path: "c\rd")
    #expect(caused.description == "c\\rd: Unexpected key(s): \"a\\nb\"")
    #expect(ScoringError(.data, error.description) == error)
  }
}
