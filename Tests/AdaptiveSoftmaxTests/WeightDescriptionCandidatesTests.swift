import AdaptiveSoftmax
import Testing

struct WeightDescriptionCandidatesTests {
  private func weights(_ shapes: KeyValuePairs<String, [Int]>) -> [WeightDescription] {
    shapes.map { WeightDescription(name: $0, shape: $1, typeName: "float32", type: .float32) }
  }

  @Test(arguments: [
    ("head.weight", "\"lm_head.weight\" [9, 4], \"embed.weight\" [50, 4], \"b.proj.weight\" [8, 8]"),
    ("proj.weight", "\"b.proj.weight\" [8, 8], \"embed.weight\" [50, 4], \"lm_head.weight\" [9, 4]"),
    ("model.lm_head", "\"lm_head.weight\" [9, 4], \"embed.weight\" [50, 4], \"b.proj.weight\" [8, 8]"),
    ("model.lm_haed.weight", "\"lm_head.weight\" [9, 4], \"embed.weight\" [50, 4], \"b.proj.weight\" [8, 8]"),
    ("embde.weight", "\"embed.weight\" [50, 4], \"b.proj.weight\" [8, 8], \"lm_head.weight\" [9, 4]"),
    ("", "\"embed.weight\" [50, 4], \"b.proj.weight\" [8, 8], \"lm_head.weight\" [9, 4]"),
  ])
  func nearNamesComeFirstThenLargeOnes(_ name: String, _ expected: String) {
    let weights = weights([
      "lm_head.weight": [9, 4], "lm_head.bias": [9], "b.proj.weight": [8, 8], "embed.weight": [50, 4],
      "conv.weight": [100, 2, 2],
    ])
    #expect(WeightDescription.candidates(for: name, rank: 2, among: weights) == expected)
  }

  @Test func tenAreNamed() {
    let many = (0..<40).map {
      WeightDescription(name: "layers.\($0).weight", shape: [1 + $0, .max], typeName: "F32", type: .float32)
    }
    let text = WeightDescription.candidates(for: "layers.41.weight", rank: 2, among: many)
    #expect(text.hasSuffix(" and 30 more") && text.count { $0 == "[" } == 10)
    #expect(WeightDescription.candidates(rank: 2, among: many).hasPrefix("\"layers.39.weight\" [40, "))
  }

  @Test func whereNoneHasTheRankAllAreNamed() {
    #expect(WeightDescription.candidates(for: "x", rank: 2, among: weights(["a.bias": [9]])) == "\"a.bias\"")
    #expect(WeightDescription.candidates(for: "x", rank: 2, among: []) == "no tensors")
  }
}
