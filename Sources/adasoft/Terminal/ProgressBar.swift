internal import BatchScoring

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A job's progress on standard error: on a terminal a bar, redrawn at most ten times a second; elsewhere a line every few
/// seconds, and none for a job that is done before.
struct ProgressBar {
  enum Style {
    case hidden, bar, lines
  }

  private let style: Style
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var drawn: ContinuousClock.Instant
  private var isDrawn = false
  /// Rows that were done before the job began.
  private var rowsBefore: Int?

  init(_ style: Style) {
    self.style = style
    start = clock.now
    drawn = start - .seconds(1)
    if style == .lines { drawn = start }
  }

  /// Draws the bar, and ends the job when a signal has come.
  mutating func update(_ progress: JobProgress) throws(ScoringError) {
    do {
      try Interrupt.check()
    } catch {
      clear()
      throw error
    }
    let before = rowsBefore ?? progress.rowsDone
    rowsBefore = before
    let now = clock.now
    let figures = Self.figures(progress, before: before, elapsed: (now - start).inSeconds)
    switch style {
    case .hidden: return
    case .bar:
      guard now - drawn >= .milliseconds(100) || progress.rowsDone == progress.rowsTotal else { return }
      Console.printError("\r" + bar(progress) + figures + "\u{1B}[K", terminator: "")
      isDrawn = true
    case .lines:
      guard now - drawn >= .seconds(5) else { return }
      Console.printError(figures)
    }
    drawn = now
  }

  /// Removes the bar, so that results and errors stand on lines of their own.
  func clear() {
    if isDrawn { Console.printError("\r\u{1B}[K", terminator: "") }
  }

  private func bar(_ progress: JobProgress) -> String {
    let filled = progress.rowsTotal == 0 ? 30 : progress.whole(of: 30)
    return "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: 30 - filled) + "] "
  }

  /// The figures after so many seconds, in which the rows beyond `before` were done.
  static func figures(_ progress: JobProgress, before: Int, elapsed: Double) -> String {
    var text =
      "\(progress.whole(of: 100)) %  \(progress.rowsDone) of \(progress.rowsTotal) rows"
    if elapsed > 0, progress.rowsDone > before {
      let rate = Double(progress.rowsDone - before) / elapsed
      let left = Double(progress.rowsTotal - progress.rowsDone) / rate
      text += "  \(Int(min(rate, 1e15))) rows/s  ETA \(clockTime(left))"
    }
    if progress.rowsScored > 0 {
      text += "  perplexity \(exp(progress.lossSum / Double(progress.rowsScored)).fixed(2))"
    }
    return text
  }

  private static func clockTime(_ seconds: Double) -> String {
    let whole = Int(min(seconds.rounded(.up), 359_999))
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let minutes = "\(two(whole / 60 % 60)):\(two(whole % 60))"
    return whole < 3600 ? minutes : "\(whole / 3600):" + minutes
  }
}

extension JobProgress {
  /// How many of `parts` equal parts are done, rounded down.
  fileprivate func whole(of parts: Double) -> Int { Int(parts * Double(rowsDone) / Double(max(rowsTotal, 1))) }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
