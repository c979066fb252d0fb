import AdaptiveSoftmax
import TestSupport

/// A random small head and rows for it, of every sort that answers can depend on: ties, classes that occur twice, masked
/// classes, tails without numbers, peaked rows, rows that are not numbers.
struct RandomHead {
  var head: AdaptiveLogSoftmaxWithLoss<Float>
  var input: Tensor<Float>
  var nClasses: Int { head.nClasses }
  var rows: Int { input.shape[0] }

  init(seed: Int) throws {
    var draws = Draws(seed: UInt64(seed))
    var cutoffs: [Int] = []
    let large = draws.below(6) == 0
    for _ in 0..<1 + draws.below(4) { cutoffs.append((cutoffs.last ?? 0) + 1 + draws.below(large ? 700 : 40)) }
    let shape = AdaptiveShape(
      inFeatures: 1 + draws.below(12), nClasses: cutoffs.last! + 1 + draws.below(large ? 2000 : 90), cutoffs: cutoffs,
      divValue: [1, 1, 0.5][draws.below(3)], headBias: draws.below(2) == 0,
      scale: [0, 0.1, 1, 1, 10, 1e20][draws.below(6)])
    var dict = try shape.stateDict(seed: UInt64(seed))
    let coarse = draws.below(3) == 0
    for (name, tensor) in dict {
      var scalars = tensor.scalars
      if coarse { scalars = scalars.map { ($0 * 2).rounded() / 2 } }
      if name != "head.bias", tensor.shape[0] > 3, draws.below(3) == 0 {  // a class twice
        let width = tensor.shape[1]
        let (from, to) = (draws.below(tensor.shape[0]), draws.below(tensor.shape[0]))
        for i in 0..<width { scalars[to * width + i] = scalars[from * width + i] }
      }
      if name == "head.bias", draws.below(3) == 0 {  // masked classes
        for i in scalars.indices where draws.below(4) > 0 { scalars[i] = -.infinity }
        scalars[draws.below(scalars.count)] = 0
      }
      if name.hasSuffix(".1.weight"), draws.below(10) == 0 {  // a tail without numbers
        scalars[draws.below(scalars.count)] = draws.below(2) == 0 ? .nan : .infinity
      }
      dict[name] = try Tensor(shape: tensor.shape, scalars: scalars)
    }
    let storage: WeightStorage = draws.below(4) == 0 ? .bfloat16 : .exact
    if draws.below(5) == 0 {  // a plain head, its logits perhaps scaled and capped
      let capped = draws.below(2) == 0
      head = AdaptiveLogSoftmaxWithLoss(
        try LinearHead(
          weight: dict["head.weight"]!, bias: dict["head.bias"], logitScale: capped ? 0.75 : 1,
          softcap: capped ? 3 : nil, storage: storage))
    } else {
      head = try AdaptiveLogSoftmaxWithLoss(stateDict: dict, storage: storage)
    }
    input = shape.input(1 + draws.below(large ? 60 : 30), seed: UInt64(seed))
    for row in 0..<input.shape[0] {
      let scale: Float = [1, 1, 0, 0.01, 5, 30, -1, 1e30][draws.below(8)]
      for i in 0..<input.shape[1] { input[row, i] = coarse ? (input[row, i] * scale).rounded() : input[row, i] * scale }
      if draws.below(12) == 0 {
        input[row, draws.below(input.shape[1])] = [.nan, .infinity, -.infinity][draws.below(3)]
      }
    }
  }

  /// Class ids of a row of log-probabilities in the order of `topK`.
  static func order(_ logProb: [Float]) -> [Int] {
    logProb.indices.sorted { a, b in
      let (x, y) = (logProb[a], logProb[b])
      if x.isNaN || y.isNaN { return x.isNaN == y.isNaN ? a < b : y.isNaN }
      return x > y || (x == y && a < b)
    }
  }
}

/// Seeded small integers.
struct Draws {
  private var generator: SeededGenerator
  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }
  mutating func below(_ bound: Int) -> Int { Int(generator.next() % UInt64(bound)) }
}
