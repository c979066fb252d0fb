import Testing

@Suite struct CoverageGoldenTests {
  /// The operations that the suites beside this one run, all cases of each.
  static let operations: Set = [
    "softmax", "softmin", "log_softmax", "softmax2d", "logsumexp", "nll_loss", "cross_entropy", "adaptive", "error",
  ]

  @Test func everyCaseIsRun() throws {
    let golden = try Golden.shared.get()
    let left = golden.cases.filter { !Self.operations.contains($0.op) }
    print("golden: \(golden.cases.count - left.count) of \(golden.cases.count) cases run (\(golden.folder))")
    #expect(!golden.cases.isEmpty)
    #expect(left.isEmpty, "no suite runs \(Set(left.map(\.op)).sorted())")
  }
}
