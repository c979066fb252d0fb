import BatchScoring
import Foundation
import Testing

@testable import adasoft

/// What a job says of its progress.
struct ProgressTests {
  @Test func figures() {
    let progress = JobProgress(rowsDone: 3000, rowsTotal: 10_000, lossSum: 0, rowsScored: 3000)
    #expect(
      ProgressBar.figures(progress, before: 1000, elapsed: 4)
        == "30 %  3000 of 10000 rows  500 rows/s  ETA 00:14  perplexity 1.00")
    #expect(ProgressBar.figures(JobProgress(rowsDone: 0, rowsTotal: 0), before: 0, elapsed: 0) == "0 %  0 of 0 rows")
    let slow = JobProgress(rowsDone: 2, rowsTotal: 7202)
    #expect(ProgressBar.figures(slow, before: 1, elapsed: 1) == "0 %  2 of 7202 rows  1 rows/s  ETA 2:00:00")
  }

  #if os(Linux)
    /// A bar on a terminal, and none where it is not wanted; the environment is the test's own, whatever runs it.
    @Test(arguments: [
      ([], [:], true), ([], ["CI": ""], true), (["--quiet"], [:], false), (["--json"], [:], false),
      ([], ["TERM": "dumb"], false), ([], ["CI": "true"], false),
    ])
    func theBarIsForTerminals(options: [String], environment: [String: String], isDrawn: Bool) throws {
      let folder = try Fixture.folder()
      let (terminal, device) = try pseudoterminal()
      let process = Process()
      process.executableURL = Tool.path
      process.arguments = BadInput.score + options
      process.currentDirectoryURL = folder.url
      process.environment = ProcessInfo.processInfo.environment
        .filter { $0.key != "CI" }.merging(["TERM": "xterm"]) { $1 }.merging(environment) { $1 }
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle(fileDescriptor: device)
      try process.run()
      process.waitUntilExit()
      _ = fcntl(terminal, F_SETFL, O_NONBLOCK)
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = max(0, read(terminal, &bytes, bytes.count))
      close(device)
      close(terminal)
      let text = String(decoding: bytes[..<count], as: UTF8.self)
      #expect(process.terminationStatus == 0)
      #expect(text.contains("100 %  6 of 6 rows") == isDrawn && text.contains("perplexity") == isDrawn, "\(text)")
      #expect(isDrawn ? text.hasSuffix("\r\u{1B}[K") : text.isEmpty)
    }

    /// Both ends of a terminal, by Linux's own calls: those of POSIX are not in Swift's C library module.
    private func pseudoterminal() throws -> (terminal: Int32, device: Int32) {
      let (number, lock) = (0x8004_5430 as UInt, 0x4004_5431 as UInt)
      let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY)
      var (index, unlocked): (Int32, Int32) = (0, 0)
      try #require(terminal >= 0 && ioctl(terminal, lock, &unlocked) == 0 && ioctl(terminal, number, &index) == 0)
      let device = open("/dev/pts/\(index)", O_RDWR | O_NOCTTY)
      try #require(device >= 0)
      return (terminal, device)
    }
  #endif
}
