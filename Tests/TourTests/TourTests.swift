import Foundation
import Testing

@Suite struct TourTests {
  /// The tour prints what is recorded in Fixtures/tour.txt; RECORD_SNAPSHOTS=1 records it anew.
  @Test func printsTheSnapshot() throws {
    let built = try #require(Bundle.main.executableURL).deletingLastPathComponent()
    let snapshot = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/tour.txt")
    let tour = Process()
    tour.executableURL = built.appending(path: "Tour")
    let output = Pipe()
    tour.standardOutput = output
    try tour.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    tour.waitUntilExit()
    #expect(tour.terminationStatus == 0)
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      try text.write(to: snapshot, atomically: true, encoding: .utf8)
    }
    #expect(try text == String(contentsOf: snapshot, encoding: .utf8))
  }
}
