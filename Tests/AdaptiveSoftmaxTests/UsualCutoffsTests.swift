import AdaptiveSoftmax
import Testing

@Suite struct UsualCutoffsTests {
  @Test(arguments: [
    (44_000, [2_000, 10_000], "published for Text8"),
    (267_735, [20_000, 40_000, 200_000], "published for WikiText-103"),
    (793_470, [60_000, 100_000, 640_000], "published for One Billion Word"),
    (88_000, [4_000, 20_000], "Text8's in proportion"),
    (535_470, [40_491, 67_485, 431_901], "One Billion Word's in proportion"),
    (2, [1], "Text8's in proportion"), (3, [1], "Text8's in proportion"), (22, [1, 5], "Text8's in proportion"),
  ])
  func areThoseOfTheNearest(classes: Int, cutoffs: [Int], source: String) throws {
    let usual = try UsualCutoffs(classes: classes)
    #expect(usual.cutoffs == cutoffs)
    #expect(usual.source == source)
    _ = try AdaptiveHeadLayout(inFeatures: 64, nClasses: classes, cutoffs: usual.cutoffs)
  }

  @Test func oneClassHasNone() {
    expectRefusal(.argument, "expected at least 2 classes") { try UsualCutoffs(classes: 1) }
  }
}
