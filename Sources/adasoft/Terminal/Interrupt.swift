internal import BatchScoring
internal import Synchronization
internal import TensorFiles

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// SIGINT, SIGTERM and SIGHUP: a job that can be resumed records what it has and ends at once, and so does a process that
/// has not begun to write; any other ends at its next batch, so that its temporary file is removed, or at a second signal.
enum Interrupt {
  /// What stops the job that runs.
  static let stop = JobStop()

  private static let received = Atomic<Int32>(0)
  /// SIGHUP where the process was not started to ignore it, as nohup does.
  private static let numbers = [SIGINT, SIGTERM] + (isIgnored(SIGHUP) ? [] : [SIGHUP])

  /// The number of the signal that came, or 0.
  static var signalReceived: Int32 { received.load(ordering: .relaxed) }

  /// Has a thread wait for the signals, which no other thread takes; a closed pipe or a file too large becomes an error
  /// of the write.
  static func install() {
    _ = signalReceived
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    var ending = sigset_t()
    sigemptyset(&ending)
    for number in numbers { sigaddset(&ending, number) }
    pthread_sigmask(SIG_BLOCK, &ending, nil)
    if !startWaiting() { pthread_sigmask(SIG_UNBLOCK, &ending, nil) }
  }

  /// Throws when a signal has come.
  static func check() throws(ScoringError) {
    guard signalReceived != 0 else { return }
    throw ScoringError(.interrupted, "ended by \(name(of: signalReceived)); no output was written")
  }

  private static func wait() -> Never {
    var ending = sigset_t()
    sigemptyset(&ending)
    for number in numbers { sigaddset(&ending, number) }
    while true {
      var number: Int32 = 0
      guard sigwait(&ending, &number) == 0 else { continue }
      if signalReceived != 0 { _exit(128 + number) }
      // While what is written is flushed, a second signal ends the process as the system does.
      for number in numbers { signal(number, SIG_DFL) }
      pthread_sigmask(SIG_UNBLOCK, &ending, nil)
      guard let (kept, total) = stop.stop() ?? (OutputFiles.haveBegun ? nil : (0, 0)) else {
        pthread_sigmask(SIG_BLOCK, &ending, nil)
        received.store(number, ordering: .relaxed)
        continue
      }
      let rest =
        kept == 0
        ? "no output was written" : "\(kept) of \(total) rows are kept: the same command with --resume continues"
      Console.printError("\(Console.errorIsTerminal ? "\r\u{1B}[K" : "")Error: ended by \(name(of: number)); \(rest)")
      _exit(128 + number)
    }
  }

  private static func name(of number: Int32) -> String {
    switch number {
    case SIGINT: "SIGINT"
    case SIGHUP: "SIGHUP"
    default: "SIGTERM"
    }
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    #if canImport(Darwin)
      let handler = action.__sigaction_u.__sa_handler
    #else
      let handler = action.__sigaction_handler.sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Starts the thread that waits.
  private static func startWaiting() -> Bool {
    #if canImport(Darwin)
      var thread: pthread_t?
      return pthread_create(&thread, nil, { _ in Interrupt.wait() }, nil) == 0
    #else
      var thread = pthread_t()
      return pthread_create(&thread, nil, { _ in Interrupt.wait() }, nil) == 0
    #endif
  }
}
