import AdaptiveSoftmax
import Testing

/// Compares the answers of an operation's cases with their references, and keeps the worst.
struct Comparison {
  let op: String
  private(set) var compared = 0
  /// The worst error, in units of the bound's own measure, and its case, by type.
  private var worst: [String: (error: Double, id: String)] = [:]
  private var failures: [String] = []

  init(_ op: String) { self.op = op }

  /// Compares element by element: NaN with NaN, an infinity with itself, a number within `bound` of its reference.
  mutating func expect<Scalar: ComputingScalar>(
    _ actual: [Scalar], equals expected: [Double], in id: String, unit: (Int) -> Double, bound: (Int) -> Double
  ) {
    guard actual.count == expected.count else {
      return fail("\(id): expected \(expected.count) numbers, found \(actual.count)")
    }
    for (i, pair) in zip(actual, expected).enumerated() {
      let (found, wanted) = (Double(pair.0), pair.1)
      if found == wanted || (found.isNaN && wanted.isNaN) { continue }
      // A finite float64 reference beyond the range of Float is an infinity there.
      if found == Double(Scalar(wanted)) { continue }
      let error = abs(found - wanted)
      guard error <= bound(i) else {
        fail("\(id) [\(i)]: expected \(wanted), found \(found), off by \(error), allowed \(bound(i))")
        continue
      }
      if error / unit(i) > worst[Scalar.dtypeName]?.error ?? 0 { worst[Scalar.dtypeName] = (error / unit(i), id) }
    }
    compared += actual.count
  }

  mutating func expect<Value: Equatable>(_ actual: Value, equals expected: Value, _ what: String) {
    compared += 1
    if actual != expected { fail("\(what): expected \(expected), found \(actual)") }
  }

  mutating func fail(_ message: String) { failures.append(message) }

  /// Prints what was run and fails the test when anything differed.
  func report(cases: [GoldenCase]) {
    let errors = worst.sorted { $0.key < $1.key }.map { type, worst in
      ", worst \(type) error \((worst.error * 100).rounded() / 100) ULP (\(worst.id))"
    }
    print("golden \(op): \(cases.count) cases run, \(compared) comparisons\(errors.joined())")
    #expect(failures.isEmpty, "\(failures.count) differ:\n\(failures.prefix(20).joined(separator: "\n"))")
  }
}
