import AdaptiveSoftmax
import BatchScoring
import Foundation
import TensorFiles

/// A temporary folder with a head of 8 features and 20 classes, hidden states and targets; numbers are eighths.
final class Files {
  private let folder: URL
  private var weights: [(name: String, tensor: Tensor<Float>)] = []
  private let hidden: Tensor<Float>

  init(rows: Int) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("scoring-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    hidden = try Self.eighths([rows, 8], 5)
    for (name, shape) in [
      ("head.weight", [12, 8]), ("head.bias", [12]), ("tail.0.0.weight", [4, 8]), ("tail.0.1.weight", [6, 4]),
      ("tail.1.0.weight", [2, 8]), ("tail.1.1.weight", [4, 2]),
    ] {
      weights.append((name, try Self.eighths(shape, name.utf8.count)))
    }
    try Safetensors.write(weights.map { ($0.name, AnyTensorData($0.tensor)) }, to: path("head.safetensors"))
    try hidden.save(npy: path("hidden.npy"))
    try Tensor<Int64>((0..<rows).map { Int64($0 * 7 % 20) }).save(npy: path("targets.npy"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()) ?? [] }

  func job(batchSize: Int, output: String? = "out.npy") throws -> ScoreJob {
    try ScoreJob(
      head: path("head.safetensors"), hidden: path("hidden.npy"), target: path("targets.npy"),
      output: output.map { path($0) }, settings: JobSettings(batchSize: batchSize))
  }

  func scoreJob(
    ignoreIndex: Int64? = nil, output: String? = "out.npy", settings: JobSettings
  ) throws -> ScoreJob {
    try ScoreJob(
      head: path("head.safetensors"), hidden: path("hidden.npy"), target: path("targets.npy"),
      output: output.map { path($0) }, ignoreIndex: ignoreIndex, settings: settings)
  }

  func data(_ name: String) throws -> Data { try Data(contentsOf: url(name)) }

  func remove(_ name: String) throws { try FileManager.default.removeItem(at: url(name)) }

  func write(_ text: String, to name: String) throws { try Data(text.utf8).write(to: url(name)) }

  func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(at: url(name), withIntermediateDirectories: false)
  }

  func names(in name: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: path(name)).sorted()) ?? []
  }

  func copy(_ source: String, to name: String) throws {
    try? remove(name)
    try FileManager.default.copyItem(atPath: source, toPath: path(name))
  }

  /// Changes a file where it stands.
  func rewrite(_ name: String, _ change: (inout Data) -> Void) throws {
    var bytes = try data(name)
    change(&bytes)
    try bytes.write(to: url(name))
  }

  /// Writes the same bytes to a file that others have open.
  func overwriteInPlace(_ name: String) throws {
    let bytes = try data(name)
    let file = try FileHandle(forUpdating: url(name))
    try file.write(contentsOf: bytes)
    try file.close()
  }

  func rewriteHidden(_ change: (inout [Float]) -> Void) throws {
    var scalars = hidden.scalars
    change(&scalars)
    try Tensor(shape: hidden.shape, scalars: scalars).save(npy: path("hidden.npy"), overwrite: true)
  }

  /// Every file of the folder.
  func contents() throws -> [String: Data] {
    try Dictionary(uniqueKeysWithValues: names.map { ($0, try data($0)) })
  }

  private func url(_ name: String) -> URL { folder.appendingPathComponent(name) }

  func convertHead(to type: ElementType) throws {
    let converted = try weights.map { name, tensor in
      switch type {
      case .float16: (name, AnyTensorData(try tensor.converted(Float16.init)))
      case .bfloat16: (name, AnyTensorData(try tensor.converted { BFloat16($0) }))
      default: (name, AnyTensorData(try tensor.converted(Double.init)))
      }
    }
    try Safetensors.write(converted, to: path("head.safetensors"), overwrite: true)
  }

  func convertHidden(to type: ElementType) throws {
    switch type {
    case .float16: try hidden.converted(Float16.init).save(npy: path("hidden.npy"), overwrite: true)
    default: try hidden.converted(Double.init).save(npy: path("hidden.npy"), overwrite: true)
    }
  }

  private static func eighths(_ shape: [Int], _ seed: Int) throws -> Tensor<Float> {
    try Tensor(shape: shape, scalars: (0..<shape.reduce(1, *)).map { Float(($0 * 13 + seed) % 17 - 8) / 8 })
  }
}

extension Tensor {
  fileprivate func converted<Other>(_ convert: (Scalar) -> Other) throws -> Tensor<Other> {
    try Tensor<Other>(shape: shape, scalars: scalars.map(convert))
  }
}
