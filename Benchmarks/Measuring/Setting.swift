import AdaptiveSoftmax

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What to run, from the environment: `BENCH_SET` (short or full), `BENCH_THREADS` and `BENCH_VARIANTS` (commas between).
public enum Setting {
  /// Every shape, type and variant, rather than one of each kind.
  public static var isFull: Bool { variable("BENCH_SET") == "full" }

  /// The thread counts: one, and all there are.
  static var threads: [Int] {
    let asked = (variable("BENCH_THREADS") ?? "").split(separator: ",").compactMap { Int($0) }
    return asked.isEmpty ? Array(Set([1, Runtime.defaultThreads])).sorted() : asked
  }

  /// The variants: the one in use, or all that run here.
  static var variants: [String] {
    let asked = (variable("BENCH_VARIANTS") ?? "").split(separator: ",").map(String.init)
    guard asked.isEmpty else { return asked }
    return isFull ? Runtime.variants.filter(\.runsHere).map(\.name) : [Runtime.variant ?? "scalar"]
  }

  /// Samples of each benchmark.
  static var rounds: Int { isFull ? 15 : 7 }

  static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
