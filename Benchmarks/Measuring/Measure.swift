import AdaptiveSoftmax
import Benchmark

/// Registers benchmarks of one operation, one for each thread count and variant: time, rate, and the percentage of what
/// the machine can do, measured just before each sample; the percentage reported is the median of the samples' own.
///
/// - Parameters:
///   - amount: floating-point operations or bytes of one call, as the limit counts them.
///   - prepare: makes the inputs and returns the call to measure, which takes the number of threads.
public func measure(
  _ operation: String, _ dtype: String = "float32", limit: Limit, amount: Double,
  prepare: @escaping @Sendable () throws -> (Int) throws -> Void
) {
  let rate = BenchmarkMetric.custom("M\(limit.unit.dropFirst())", polarity: .prefersLarger, useScalingFactor: false)
  let share = BenchmarkMetric.custom("% of \(limit.name)", polarity: .prefersLarger, useScalingFactor: false)
  let time = BenchmarkMetric.custom("ns a call", polarity: .prefersSmaller, useScalingFactor: false)
  for variant in Setting.variants {
    for threads in Setting.threads {
      let samples = Samples()
      Benchmark(
        "\(operation), \(dtype), \(threads) thread\(threads == 1 ? "" : "s"), \(variant)",
        configuration: .init(
          metrics: [time, rate, share], warmupIterations: 0, maxDuration: .seconds(60), maxIterations: Setting.rounds),
        closure: { (benchmark: Benchmark, call: (Int) throws -> Void) throws in
          let sample = try Runtime.withVariant(variant) {
            try samples.take(limit, amount: amount, threads: threads, variant: variant) { try call(threads) }
          }
          benchmark.measurement(time, Int(sample.seconds * 1e9))
          benchmark.measurement(rate, Int(sample.rate / 1e6))
          benchmark.measurement(share, Int((100 * sample.rate / sample.limit).rounded()))
        },
        setup: { try prepare() },
        teardown: { try samples.report(operation, dtype, limit, threads: threads, variant: variant) })
    }
  }
}
