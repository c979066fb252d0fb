import AdaptiveSoftmax
import Foundation
import Synchronization
import TensorFiles
import Testing

@testable import BatchScoring

struct ConvertJobTests {
  private func job(
    _ files: Files, hidden: String = "hidden.npy", target: String = "targets.npy", settings: JobSettings = JobSettings()
  ) throws -> ConvertJob {
    try ConvertJob(
      HeadConversion(files.path("head.safetensors"), from: .pytorch), output: files.path("out.safetensors"),
      sample: ConvertJob.Sample(hidden: files.path(hidden), target: files.path(target)), settings: settings)
  }

  /// Rows that score refuses are refused: NaN would be no figure, and hide the others'.
  @Test(arguments: [Float.greatestFiniteMagnitude, -Float.greatestFiniteMagnitude])
  func aRowThatOverflowsIsRefused(number: Float) throws {
    let files = try Files(rows: 5)
    try files.rewriteHidden { for i in 24..<32 { $0[i] = i % 2 == 0 ? number : -number } }
    expectRefusal(.data, "hidden.npy: row 3: expected logits that float32 can hold, found an overflow") {
      try job(files).run()
    }
    #expect(!files.names.contains("out.safetensors"))
  }

  @Test func noRowsCostNothing() throws {
    let files = try Files(rows: 0)
    let cost = try #require(try job(files).run().cost)
    #expect(cost.rows == 0 && cost.lossBefore.isNaN && cost.lossAfter.isNaN && cost.largestDifference == 0)
    #expect(files.names.contains("out.safetensors"))
  }

  @Test func oddInputsAreNoticed() throws {
    let files = try Files(rows: 5)
    for name in ["hidden.npy", "targets.npy"] { try files.rewrite(name) { $0.append(0) } }
    let notices = Mutex<[String]>([])
    _ = try job(files, settings: JobSettings(notice: { line in notices.withLock { $0.append(line) } }))
    let lines = notices.withLock { $0 }
    #expect(lines.count == 2 && lines[0].contains("hidden.npy: ") && lines[1].contains("targets.npy: "), "\(lines)")
  }
}
