internal import BatchScoring

/// One line on standard error, redrawn at most ten times a second, when that is a terminal and `--quiet` is not given.
struct ProgressBar {
  private let visible: Bool
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var drawn: ContinuousClock.Instant?

  init(visible: Bool) {
    self.visible = visible
    start = clock.now
  }

  /// Draws the bar, and ends the job when a signal has come.
  mutating func update(_ progress: JobProgress) throws(ScoringError) {
    do {
      try Interrupt.check()
    } catch {
      clear()
      throw error
    }
    let now = clock.now
    if let drawn, now - drawn < .milliseconds(100), progress.rowsDone < progress.rowsTotal { return }
    guard visible else { return }
    drawn = now
    Console.printError("\r" + line(progress, elapsed: (now - start).inSeconds) + "\u{1B}[K", terminator: "")
  }

  /// Removes the bar, so that results and errors stand on lines of their own.
  func clear() {
    if drawn != nil { Console.printError("\r\u{1B}[K", terminator: "") }
  }

  private func line(_ progress: JobProgress, elapsed: Double) -> String {
    let total = max(progress.rowsTotal, 1)
    let filled = 30 * progress.rowsDone / total
    let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: 30 - filled)
    var text = "[\(bar)] \(100 * progress.rowsDone / total) %  \(progress.rowsDone) of \(progress.rowsTotal) rows"
    if elapsed > 0, progress.rowsDone > 0 {
      let rate = Double(progress.rowsDone) / elapsed
      text += "  \(Int(rate)) rows/s  ETA \(clockTime(Double(progress.rowsTotal - progress.rowsDone) / rate))"
    }
    if progress.rowsScored > 0 {
      text += "  loss \((progress.lossSum / Double(progress.rowsScored)).fixed(4))"
    }
    return text
  }

  private func clockTime(_ seconds: Double) -> String {
    let whole = Int(min(seconds.rounded(.up), 359_999))
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let minutes = "\(two(whole / 60 % 60)):\(two(whole % 60))"
    return whole < 3600 ? minutes : "\(whole / 3600):" + minutes
  }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
