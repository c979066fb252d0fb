import AdaptiveSoftmax
import Measuring

// From which size on threads pay: each call on one thread and on as many as it takes by itself, in turn. A call that is too
// small stays on its thread, so no ratio should be below 1 by more than the clock's own noise.
@main enum ThreadThreshold {
  static func main() throws {
    print("threads: 1 against \(Runtime.defaultThreads), \(Runtime.openMP), \(Runtime.variant ?? "")")
    print("")
    try table("softmax [rows, 1000]", unit: "elements", sizes: (1...11).map { 1 << $0 }) { rows in
      let x = try inputs([rows, 1000])
      let y = try Reused<Float>([rows, 1000])
      return (rows * 1000, { try softmax(x, dim: 1, into: &y.tensor, threads: $0) })
    }
    try table("linear log-sum-exp [rows, 256] x [256, 4096]", unit: "multiply-adds", sizes: (0...8).map { 1 << $0 }) {
      rows in
      let x = try inputs([rows, 256])
      let weights = try LinearWeights(inputs([4096, 256]))
      let y = try Reused<Float>([rows])
      return (rows * 256 * 4096, { try linearLogSumExp(x, weights, into: &y.tensor, threads: $0) })
    }
    try table("linear log-sum-exp [1, 64] x [64, classes]", unit: "multiply-adds", sizes: (6...18).map { 1 << $0 }) {
      classes in
      let x = try inputs([1, 64])
      let weights = try LinearWeights(inputs([classes, 64]))
      let y = try Reused<Float>([1])
      return (classes * 64, { try linearLogSumExp(x, weights, into: &y.tensor, threads: $0) })
    }
  }

  private static func table(
    _ title: String, unit: String, sizes: [Int], _ make: (Int) throws -> (amount: Int, call: (Int) throws -> Void)
  ) throws {
    print("\(title)\n  \(pad(unit))  1 thread/us  default/us  ratio")
    var threshold: Int?
    for size in sizes {
      let (amount, call) = try make(size)
      let (one, all, ratio) = try inTurn({ try call(1) }, { try call(0) })
      if ratio >= 1.1 { threshold = threshold ?? amount } else { threshold = nil }
      print("  \(pad("\(amount)"))  \(pad(micro(one), 11))  \(pad(micro(all), 10))  \(Double(Int(ratio * 100)) / 100)")
    }
    print(threshold.map { "threads pay from \($0) \(unit) on\n" } ?? "threads never paid\n")
  }

  /// Median seconds of each, and the median of the rounds' own ratios.
  private static func inTurn(_ first: () throws -> Void, _ second: () throws -> Void) throws -> (Double, Double, Double)
  {
    let clock = ContinuousClock()
    var repeats = 1
    func seconds(_ call: () throws -> Void) rethrows -> Double {
      try clock.measure { for _ in 0..<repeats { try call() } } / .seconds(1) / Double(repeats)
    }
    try first()
    try second()
    while try seconds(first) * Double(repeats) < 0.001 { repeats *= 2 }
    let rounds = try (0..<15).map { _ in (try seconds(first), try seconds(second)) }
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    return (median(rounds.map(\.0)), median(rounds.map(\.1)), median(rounds.map { $0.0 / $0.1 }))
  }

  private static func micro(_ seconds: Double) -> String { "\(Double(Int(seconds * 1e7)) / 10)" }

  private static func pad(_ text: String, _ width: Int = 13) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
