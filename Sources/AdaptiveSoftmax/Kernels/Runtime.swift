internal import CSoftmaxKernels

/// What the kernels run on: the OpenMP runtime, the number of threads, the instruction set.
public enum Runtime {
  /// A build of the kernels for one instruction set.
  ///
  /// All of them give the same bits.
  public struct Variant: Sendable, Equatable {
    /// What `SMX_VARIANT` calls it, such as `avx2`.
    public let name: String
    /// Whether this processor has its instructions.
    public let runsHere: Bool
  }

  /// `libomp`, `libgomp` or `serial`.
  public static var openMP: String { String(cString: smx_runtime()) }

  /// The number of threads that `threads: 0` stands for (`OMP_NUM_THREADS`, or the processors this process may use)
  /// while no other call has threads.
  ///
  /// A call takes of them those that the teams of other calls leave, one at least. This number and any other that is
  /// asked for are cut to 1,024, or to OpenMP's thread limit (`OMP_THREAD_LIMIT`) where that is lower.
  public static var defaultThreads: Int { Int(smx_default_threads()) }

  /// Enters a parallel region and counts the threads that really ran in it.
  public static func teamSize(threads: Int = 0) -> Int { Int(smx_team_size(Int32(clamping: threads))) }

  /// Every variant in the library, the scalar one first.
  public static var variants: [Variant] {
    (0..<smx_variant_count()).map {
      Variant(name: String(cString: smx_variant_name($0)), runsHere: smx_variant_runs_here($0))
    }
  }

  /// The variant in use, or nil when `SMX_VARIANT` names one that is unknown or cannot run here.
  public static var variant: String? { smx_variant_active().map { String(cString: $0) } }

  /// Checks that the kernels can run as the environment asks.
  ///
  /// Every call that computes checks it too; a program that would rather end at its start asks here.
  ///
  /// - Throws: `SoftmaxError` (`argument`: an `OMP_NUM_THREADS` that OpenMP's runtimes would abort over, or take for another
  ///   number; `variant`: an `SMX_VARIANT` that is unknown or cannot run here).
  public static func check() throws(SoftmaxError) {
    if let found = smx_wrong_threads() {
      throw SoftmaxError(
        .argument,
        "OMP_NUM_THREADS: expected a number of threads from 1 to 1024, or several with commas between, found "
          + "\(String(cString: found).quoted); correct or unset it")
    }
    guard smx_variant_active() != nil else { throw unusableVariant }
  }

  static var unusableVariant: SoftmaxError {
    let listed = variants.map { $0.name + ($0.runsHere ? "" : " (not on this processor)") }
    return SoftmaxError(
      .variant,
      "SMX_VARIANT: expected one of \(listed.joined(separator: ", ")), found "
        + "\(String(cString: smx_variant_asked()).quoted); correct or unset it")
  }

  /// Runs `body` with the kernels of one variant, on this thread only.
  ///
  /// - Throws: `SoftmaxError` with code `variant` when the name is unknown or the processor cannot run it; and what
  ///   `body` throws.
  public static func withVariant<Result>(_ name: String, _ body: () throws -> Result) throws -> Result {
    let outer = smx_variant_selected()
    let status = smx_variant_select(name)
    guard status == SMX_OK else {
      throw SoftmaxError(
        .variant,
        status == SMX_UNKNOWN_VARIANT
          ? "unknown kernel variant \(name.quoted): expected one of \(variants.map(\.name).joined(separator: ", "))"
          : "kernel variant \(name.quoted) cannot run on this processor: choose another of Runtime.variants")
    }
    defer { _ = smx_variant_select(outer) }
    return try body()
  }
}
