internal import BatchScoring

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// OMP_NUM_THREADS, before OpenMP reads it: its runtimes abort over some values and invent a number for others.
enum ThreadVariable {
  private static let name = "OMP_NUM_THREADS"

  /// Unsets it when it is empty, as `OMP_NUM_THREADS=$SLURM_CPUS_PER_TASK` leaves it outside a Slurm job.
  ///
  /// To be called while there is one thread only.
  static func unsetWhenEmpty() {
    if Console.environment(name).allSatisfy({ $0.isWhitespace }) { unsetenv(name) }
  }

  /// Refuses anything but OpenMP's own list of positive numbers.
  static func check() throws(ScoringError) {
    let value = Console.environment(name)
    guard !value.isEmpty else { return }
    let numbers = value.split(separator: ",", omittingEmptySubsequences: false)
    guard !numbers.allSatisfy(isThreadCount) else { return }
    let found = String(value.prefix(80)).filter { !$0.isNewline }
    throw ScoringError(
      .usage,
      "\(name): expected a number of threads from 1 to 1024, or several with commas between, found '\(found)'; "
        + "correct or unset it")
  }

  private static func isThreadCount(_ text: Substring) -> Bool {
    let digits = String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    guard digits.allSatisfy({ "0" <= $0 && $0 <= "9" }), let number = Int(digits) else {
      return false
    }
    return (1...1024).contains(number)
  }
}
