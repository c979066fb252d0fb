internal import AdaptiveSoftmax
internal import Foundation
internal import TensorFiles

/// `stream ADASOFT FOLDER ROWS`: makes files in the folder, scores ROWS x 1024 hidden states in a file with the tool, and
/// as many held in memory with the kernels alone; prints both rates and the tool's memory.
@main struct Stream {
  static let features = 1024
  static let classes = 10_000
  /// The rows that are made, and gone through again and again, in the file and in memory: 256 MB, beyond every cache.
  static let block = 65_536
  /// What a job computes at once.
  static let batch = 4096

  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, let rows = Int(arguments[3]), rows > 0 else {
      print("usage: stream ADASOFT FOLDER ROWS")
      exit(64)
    }
    exit(try measure(arguments[1], rows, URL(fileURLWithPath: arguments[2])) ? 0 : 1)
  }

  private static func measure(_ tool: String, _ rows: Int, _ folder: URL) throws -> Bool {
    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
    var generator = SeededGenerator(seed: 1)
    let head = try AdaptiveLogSoftmaxWithLoss(
      inFeatures: features, nClasses: classes, cutoffs: [2000, 5000], using: &generator, dtype: Float.self)
    try Safetensors.write(head.stateDict().map { ($0.name, AnyTensorData($0.tensor)) }, to: path("head.safetensors"))
    let hidden = try (0..<(block / batch)).map { _ in try Tensor<Float>.randn([batch, features], using: &generator) }
    let target: Tensor<Int64> = try .randint(0..<classes, [batch], using: &generator)
    let files = (hidden: path("hidden.npy"), target: path("targets.npy"))
    let bytes = 4 * rows * features
    print("\(rows) rows x \(features) features (\(gigabytes(bytes))), \(classes) classes")
    try write(rows, hidden, to: files.hidden)
    try write(rows, [target], to: files.target)

    // Half of the kernels' rows before the job and half after: the machine may change its mind meanwhile.
    var alone = try kernels(head, hidden, target, rows: rows / 2)
    let (seconds, resident) = try score(tool, path("head.safetensors"), files, output: path("scores.npy"))
    alone += try kernels(head, hidden, target, rows: rows - rows / 2)
    let loss = 100 * (1 - alone / seconds)
    print("kernels alone, rows in memory: \(Int(Double(rows) / alone)) rows/s")
    print(
      "adasoft score, rows in a file: \(Int(Double(rows) / seconds)) rows/s, \(hundredths(loss)) % less (limit 10 %)")
    print("its peak resident memory: \(gigabytes(resident)) (limit 1 GB)")
    return loss < 10 && resident < 1_000_000_000
  }

  /// Writes the tensors' rows in turn until there are enough.
  private static func write<Scalar: TensorScalar>(_ rows: Int, _ tensors: [Tensor<Scalar>], to path: String) throws {
    let rowShape = Array(tensors[0].shape.dropFirst())
    let writer = try NPYWriter(path: path, shape: [rows] + rowShape, elementType: ElementType(Scalar.self)!)
    for (i, start) in stride(from: 0, to: rows, by: batch).enumerated() {
      let count = min(batch, rows - start) * rowShape.reduce(1, *)
      try tensors[i % tensors.count].withUnsafeBufferPointer { scalars in
        try writer.append(bytes: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: scalars[..<count])))
      }
    }
    try writer.commit()
  }

  /// Seconds of the kernels for so many rows.
  private static func kernels(
    _ head: AdaptiveLogSoftmaxWithLoss<Float>, _ hidden: [Tensor<Float>], _ target: Tensor<Int64>, rows: Int
  ) throws -> Double {
    var scores = Tensor<Float>([])
    _ = try head(hidden[0], target, into: &scores)
    let batches = (rows + batch - 1) / batch
    let clock = ContinuousClock()
    let duration = try clock.measure {
      for i in 0..<batches { _ = try head(hidden[i % hidden.count], target, into: &scores) }
    }
    return duration / .seconds(1) * Double(rows) / Double(batches * batch)
  }

  /// Seconds and peak resident bytes of the tool; the seconds are its own, loading of the head and all files included.
  private static func score(
    _ tool: String, _ head: String, _ files: (hidden: String, target: String), output: String
  ) throws -> (seconds: Double, resident: Int) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tool)
    process.arguments = [
      "score", "--no-accuracy", "--json", "--head", head, "--hidden", files.hidden, "--target", files.target, "-o",
      output,
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    var resident = 0
    while process.isRunning {
      resident = max(resident, peak(of: process.processIdentifier))
      usleep(20_000)
    }
    let result = pipe.fileHandleForReading.readDataToEndOfFile()
    guard process.terminationStatus == 0, let object = try JSONSerialization.jsonObject(with: result) as? [String: Any],
      let seconds = object["seconds"] as? Double
    else { exit(1) }
    return (seconds, max(resident, peak(of: nil)))
  }

  /// The most bytes that a running process has had resident; on Darwin, nil asks for those of the children that ended.
  ///
  /// Linux counts a parent's memory in the usage of its children, but not in what /proc tells of them.
  private static func peak(of process: Int32?) -> Int {
    #if canImport(Darwin)
      var usage = rusage()
      return process == nil && getrusage(RUSAGE_CHILDREN, &usage) == 0 ? usage.ru_maxrss : 0
    #else
      guard let process, let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
        let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
      else { return 0 }
      return (line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    #endif
  }

  private static func gigabytes(_ bytes: Int) -> String { "\(hundredths(Double(bytes) / 1e9)) GB" }

  private static func hundredths(_ number: Double) -> String { String(format: "%.2f", number) }
}
