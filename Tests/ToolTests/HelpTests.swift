import Foundation
import Testing

/// The help of every subcommand, compared whole with Snapshots/; RECORD_SNAPSHOTS=1 writes them anew.
struct HelpTests {
  static let commands = [
    [], ["softmax"], ["softmin"], ["log-softmax"], ["softmax2d"], ["logsumexp"], ["inspect"], ["score"], ["predict"],
    ["top-k"], ["rank"], ["sample"], ["log-prob"], ["merge"], ["convert"], ["plan"],
  ]

  @Test(arguments: commands)
  func isAsRecorded(command: [String]) throws {
    let outcome = try Tool.run(command + ["--help"], environment: ["COLUMNS": "100"])
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    let snapshot = Package.root.appendingPathComponent("Tests/ToolTests/Snapshots/\(command.first ?? "adasoft").txt")
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] != nil {
      try Data(outcome.output.utf8).write(to: snapshot)
    }
    #expect(outcome.output == (try String(contentsOf: snapshot, encoding: .utf8)))
  }

  @Test func noArgumentsShowTheHelp() throws {
    let outcome = try Tool.run([])
    #expect(outcome.status == 0)
    #expect(outcome.output == (try Tool.run(["--help"])).output)
  }

  @Test func versionIsANumber() throws {
    let outcome = try Tool.run(["--version"])
    #expect(outcome.status == 0)
    #expect(outcome.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
  }

  @Test func verboseNamesWhatTheKernelsRunOn() throws {
    let folder = try Fixture.folder()
    let outcome = try Tool.run(
      ["inspect", "--verbose", "--quiet", "--threads", "2", "head.safetensors"], environment: ["SMX_VARIANT": "scalar"],
      in: folder.url)
    #expect(outcome.output == "")
    #expect(
      outcome.errors.wholeMatch(of: /adasoft \d+\.\d+\.\d+: scalar, 2 threads of (libomp|libgomp|serial)\n/) != nil)
  }
}
