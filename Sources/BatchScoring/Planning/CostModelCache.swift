public import AdaptiveSoftmax

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Calibrations kept for the next time, one for each machine, kernel variant and number of threads.
///
/// `adasoft/costs-HOST-VARIANT-THREADS.tsv` in `XDG_CACHE_HOME`, or in `.cache` of the home folder. Everything about it is
/// optional: without a folder to write to, each run calibrates.
public struct CostModelCache: Sendable {
  /// What a calibration holds for, as its file says it.
  public let machine: String
  /// The file; nil without a folder.
  public let path: String?
  private let threads: Int

  /// The calibrations for this machine, its kernel variant and so many threads.
  ///
  /// - Parameter threads: as kernels take them; 0 for the runtime's default.
  public init(threads: Int) {
    let count = Runtime.teamSize(threads: threads)
    let variant = Runtime.variant ?? "none"
    self.threads = threads
    machine =
      "\(variant), \(count) \(count == 1 ? "thread" : "threads") of \(Runtime.openMP), \(Self.processor), "
      + "kernels \(Self.kernels)"
    path = Self.folder.map { "\($0)/costs-\(Self.host)-\(variant)-\(count).tsv" }
  }

  /// Rises when a change of the kernels makes older calibrations wrong.
  private static let kernels = 1

  /// The calibration kept for this machine; nil when there is none that can be used.
  public func load() -> LinearCostModel? {
    guard let path, let file = try? CostModelFile(path: path), file.machine == machine else { return nil }
    return file.model
  }

  /// Keeps a calibration; whether that was possible.
  public func store(_ model: LinearCostModel) -> Bool {
    guard let path else { return false }
    Self.makeFolders(of: path)
    do throws(ScoringError) {
      try CostModelFile(machine: machine, model: model).write(to: path, overwrite: true)
      return true
    } catch { return false }
  }

  private static var folder: String? {
    if let folder = variable("XDG_CACHE_HOME"), folder.hasPrefix("/") { return folder + "/adasoft" }
    return variable("HOME").map { $0 + "/.cache/adasoft" }
  }

  private static func makeFolders(of path: String) {
    for slash in path.indices.dropFirst() where path[slash] == "/" { mkdir(String(path[..<slash]), 0o777) }
  }

  private static func variable(_ name: String) -> String? {
    guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { return nil }
    return value
  }

  /// The name of this host, fit for a file's name.
  private static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "host" }
    let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return String(text.map { $0.isLetter || $0.isNumber || $0 == "-" ? $0 : "_" })
  }

  /// The processor's name where the system tells it.
  private static var processor: String {
    guard let lines = try? TextFile.lines(of: "/proc/cpuinfo") else { return "processor" }
    for line in lines {
      let text = String(decoding: line, as: UTF8.self)
      guard text.hasPrefix("model name"), let colon = text.firstIndex(of: ":") else { continue }
      return String(text[text.index(after: colon)...].drop { $0 == " " })
    }
    return "processor"
  }
}
