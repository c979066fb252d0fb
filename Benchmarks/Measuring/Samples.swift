#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The samples of one benchmark.
final class Samples {
  struct Sample {
    let seconds, rate, limit: Double
  }

  private var taken: [Sample] = []
  private var repeats = 0

  /// Measures the limit, then the call, as often as it takes for the clock to be fine enough.
  func take(_ limit: Limit, amount: Double, threads: Int, variant: String, _ call: () throws -> Void) throws -> Sample {
    let shortest = 0.002
    if repeats == 0 {
      _ = limit.measure(threads: threads, variant: variant)
      try call()
      repeats = 1
      while try seconds(call) * Double(repeats) < shortest { repeats *= 2 }
    }
    let bound = limit.measure(threads: threads, variant: variant)
    let time = try seconds(call)
    let sample = Sample(seconds: time, rate: amount / time, limit: bound)
    taken.append(sample)
    return sample
  }

  private func seconds(_ call: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let elapsed = try clock.measure { for _ in 0..<repeats { try call() } }
    return elapsed / .seconds(1) / Double(repeats)
  }

  /// Appends the medians as a line of the table that `make bench` prints at the end (the file that `BENCH_TABLE` names).
  func report(_ operation: String, _ dtype: String, _ limit: Limit, threads: Int, variant: String) throws {
    guard let path = Setting.variable("BENCH_TABLE"), !taken.isEmpty else { return }
    let median = { (values: [Double]) in values.sorted()[values.count / 2] }
    let line = [
      operation, dtype, "\(threads)", variant,
      Self.digits(median(taken.map(\.seconds)) * 1e3), Self.digits(median(taken.map(\.rate)) / 1e9),
      Self.digits(median(taken.map(\.limit)) / 1e9), limit.unit,
      "\(Int((100 * median(taken.map { $0.rate / $0.limit })).rounded())) % of \(limit.name)",
    ].joined(separator: "\t")
    guard let file = fopen(path, "a") else { return }
    fputs(line + "\n", file)
    fclose(file)
  }

  /// Three significant digits.
  private static func digits(_ value: Double) -> String {
    guard value > 0, value.isFinite else { return "\(value)" }
    if value >= 100 { return "\(Int(value.rounded()))" }
    let places = value >= 10 ? 1 : value >= 1 ? 2 : value >= 0.1 ? 3 : 4
    let scale = (0..<places).reduce(1.0) { power, _ in power * 10 }
    let whole = Int((value * scale).rounded())
    let fraction = String(whole % Int(scale))
    return "\(whole / Int(scale))." + String(repeating: "0", count: places - fraction.count) + fraction
  }
}
