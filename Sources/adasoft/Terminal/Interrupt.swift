internal import BatchScoring
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// SIGINT and SIGTERM end a job at the next batch, so that its temporary file is removed; a second one ends it at once.
enum Interrupt {
  private static let received = Atomic<Int32>(0)

  /// The number of the signal that came, or 0.
  static var signalReceived: Int32 { received.load(ordering: .relaxed) }

  /// Installs the handlers, and unblocks the signals for a tool started from a thread that blocks them; a closed
  /// pipe or a file too large becomes an error of the write.
  static func install() {
    _ = signalReceived
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    var ending = sigset_t()
    sigemptyset(&ending)
    for number in [SIGINT, SIGTERM] {
      sigaddset(&ending, number)
      var action = sigaction()
      #if canImport(Darwin)
        action.__sigaction_u.__sa_handler = { Interrupt.received.store($0, ordering: .relaxed) }
      #else
        action.__sigaction_handler.sa_handler = { Interrupt.received.store($0, ordering: .relaxed) }
      #endif
      action.sa_flags = CInt(bitPattern: UInt32(SA_RESTART)) | CInt(truncatingIfNeeded: SA_RESETHAND)
      sigaction(number, &action, nil)
    }
    pthread_sigmask(SIG_UNBLOCK, &ending, nil)
  }

  /// Throws when a signal has come.
  static func check() throws(ScoringError) {
    let number = signalReceived
    guard number != 0 else { return }
    throw ScoringError(
      .interrupted, "ended by \(number == SIGINT ? "SIGINT" : "SIGTERM"); no output was written")
  }
}
