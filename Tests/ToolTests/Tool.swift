import Foundation

/// Runs the built `adasoft`, which stands beside the test bundle.
enum Tool {
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    var errorLines: [Substring] { errors.split(separator: "\n") }
  }

  static let path: URL = {
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? .main
    let folder =
      bundle.bundlePath.hasSuffix(".xctest") ? bundle.bundleURL.deletingLastPathComponent() : bundle.bundleURL
    return folder.appendingPathComponent("adasoft")
  }()

  /// Runs the tool, or another program, to its end.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], in folder: URL? = nil, executable: String = path.path
  ) throws -> Outcome {
    try start(arguments, environment: environment, in: folder, executable: executable).finish()
  }

  /// Starts the tool with its streams going to files, which no amount of output can block.
  static func start(
    _ arguments: [String], environment: [String: String] = [:], in folder: URL? = nil, executable: String = path.path
  ) throws -> Running {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    var variables = ProcessInfo.processInfo.environment
    variables["SMX_VARIANT"] = nil
    variables["SWIFT_BACKTRACE"] = "enable=no"
    process.environment = variables.merging(environment) { $1 }
    process.currentDirectoryURL = folder
    let streams = Folder()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try streams.newFile("stdout")
    process.standardError = try streams.newFile("stderr")
    try process.run()
    return Running(process: process, streams: streams)
  }

  struct Running {
    let process: Process
    fileprivate let streams: Folder

    /// Waits for the end; the status of a process that died of a signal is 128 and the signal's number.
    func finish() throws -> Outcome {
      process.waitUntilExit()
      let signalled = process.terminationReason == .uncaughtSignal
      return Outcome(
        status: process.terminationStatus + (signalled ? 128 : 0),
        output: try String(contentsOf: streams.url("stdout"), encoding: .utf8),
        errors: try String(contentsOf: streams.url("stderr"), encoding: .utf8))
    }
  }
}

/// A temporary folder that goes away with its last reference.
final class Folder: Sendable {
  let url: URL

  init() {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("adasoft-\(UUID().uuidString)")
    try! FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func url(_ name: String) -> URL { url.appendingPathComponent(name) }

  func path(_ name: String) -> String { url(name).path }

  /// Every name in the folder, hidden ones too.
  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: url.path).sorted()) ?? [] }

  func data(_ name: String) throws -> Data { try Data(contentsOf: url(name)) }

  func write(_ data: Data, _ name: String) throws { try data.write(to: url(name)) }

  fileprivate func newFile(_ name: String) throws -> FileHandle {
    _ = FileManager.default.createFile(atPath: path(name), contents: nil)
    return try FileHandle(forWritingTo: url(name))
  }
}

/// Where the package and its real data stand.
enum Package {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let small = root.appendingPathComponent("Examples/small")
}
