import Foundation
import Testing

/// kill -9 at random moments of a job over three files, and --resume until it is done.
struct KillTests {
  /// Files of so many rows, by which the job writes 28 batches and records each.
  private static let rows = [640, 320, 1600]
  private static let batch = ["--batch-size", "96", "--checkpoint", "0", "--threads", "1", "--quiet"]

  @Test func anyMomentIsSafe() throws {
    let folder = try Fixture.folder()
    try folder.makeFolder("h")
    try folder.makeFolder("t")
    for (i, rows) in Self.rows.enumerated() {
      try folder.write(
        Fixture.floats((0..<(4 * rows)).map { Float(($0 * 31 + i) % 97 - 48) / 16 }, "(\(rows), 4)"), "h/\(i).npy")
      try folder.write(Fixture.integers((0..<rows).map { Int64(($0 * 7 + i) % 10) }, "(\(rows),)"), "t/\(i).npy")
    }
    let arguments = ["score", "--head", "head.safetensors", "--hidden", "h", "--target", "t"] + Self.batch + ["--json"]
    let clock = ContinuousClock()
    let start = clock.now
    let expected = try Tool.run(arguments + ["-o", "whole"], in: folder.url)
    let duration = clock.now - start
    #expect(expected.status == 0, "\(expected.errors)")

    var stages: [String: Int] = [:]
    var (kills, finished, begun) = (0, 0, 0)
    // A machine that is busy with other work may need more tries to be met at enough moments.
    while kills < 50 || (stages.count < 10 && begun < 500) {
      begun += 1
      try #require(begun < 1000)
      let running = try Tool.start(arguments + ["-o", "cut", "--resume"], in: folder.url)
      usleep(UInt32.random(in: 0...UInt32(duration / .microseconds(1))))
      kill(running.process.processIdentifier, SIGKILL)
      let outcome = try running.finish()
      if outcome.status == 128 + SIGKILL {
        kills += 1
        stages[stage(folder), default: 0] += 1
        if names(folder).filter({ $0 != Self.lock }) == Self.outputs {
          // All was done but for the last words, and perhaps for the lock, which goes after the journal.
          if names(folder) != Self.outputs { try folder.remove("cut/" + Self.lock) }
          try check(folder)
          try folder.remove("cut")
        }
        continue
      }
      try #require(outcome.status == 0, "\(outcome.errors)")
      finished += 1
      #expect(figures(outcome.output) == figures(expected.output))
      try check(folder)
      try folder.remove("cut")
    }
    let last = try Tool.run(arguments + ["-o", "cut", "--resume"], in: folder.url)
    #expect(last.status == 0, "\(last.errors)")
    #expect(figures(last.output) == figures(expected.output))
    try check(folder)
    #expect(stages.count >= 10, "killed at \(stages), finished \(finished) times")
    #expect(Set(stages.keys.map { $0.split(separator: " ")[0] }).count >= 3, "killed at \(stages)")
  }

  private static let outputs = ["0.npy", "1.npy", "2.npy"]
  private static let lock = "score.journal.lock"

  private func names(_ folder: Folder) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder.path("cut")).sorted()) ?? []
  }

  private func check(_ folder: Folder) throws {
    #expect(names(folder) == Self.outputs)
    for name in Self.outputs { #expect(try folder.data("cut/\(name)") == folder.data("whole/\(name)")) }
  }

  /// The rows, losses and perplexities, without times.
  private func figures(_ output: String) -> Substring { output.split(separator: ", \"seconds")[0] }

  /// The file and the row that the journal speaks of.
  private func stage(_ folder: Folder) -> String {
    guard let journal = try? String(contentsOf: folder.url("cut/score.journal"), encoding: .utf8),
      let line = journal.split(separator: "\n").first(where: { $0.hasPrefix("at ") })
    else { return "none" }
    return String(line.dropFirst(3))
  }
}
