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

  /// An empty variable is as one that is not set; OpenMP's list is taken for what its first number says.
  @Test(arguments: [("", nil), (" ", nil), ("3", 3), ("2,1", 2), (" 2 , 1 ", 2)] as [(String, Int?)])
  func threadsAreThoseOfTheEnvironment(value: String, threads: Int?) throws {
    let folder = try Fixture.folder()
    let arguments = ["inspect", "head.safetensors", "--json"]
    let outcome = try Tool.run(arguments, environment: ["OMP_NUM_THREADS": value], in: folder.url)
    // libgomp reads the variable before the tool begins, and says what it thinks of an empty one.
    #expect(outcome.status == 0 && outcome.errorLines.allSatisfy { $0.hasPrefix("libgomp: ") }, "\(outcome.errors)")
    let found = try figure("threads", in: outcome.output)
    #expect(threads.map { Double($0) == found } ?? (found >= 1))
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

  /// The threads that run, not those that were asked for.
  @Test func threadsAreCutToOpenMPsLimit() throws {
    let folder = try Fixture.folder()
    let arguments = ["inspect", "--verbose", "--quiet", "--threads", "8", "head.safetensors"]
    let outcome = try Tool.run(arguments, environment: ["OMP_THREAD_LIMIT": "1"], in: folder.url)
    #expect(outcome.status == 0 && outcome.errors.contains(", 1 thread of "), "\(outcome.errors)")
  }
}
