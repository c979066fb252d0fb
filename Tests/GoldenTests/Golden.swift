import AdaptiveSoftmax
import Foundation
import TensorFiles

/// The golden vectors in the folder named by GOLDEN_DIR, or those in Tests/Fixtures/golden.
struct Golden: Sendable {
  let folder: String
  let cases: [GoldenCase]
  private let tensors: SafetensorsFile

  static let shared = Result { try Golden() }

  init() throws {
    let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let chosen = ProcessInfo.processInfo.environment["GOLDEN_DIR"] ?? ""
    folder = chosen.isEmpty ? fixtures.appending(path: "Fixtures/golden").path : chosen
    let manifest = try JSONDecoder().decode(
      GoldenManifest.self, from: Data(contentsOf: URL(filePath: folder + "/manifest.json")))
    cases = manifest.cases
    tensors = try SafetensorsFile(path: folder + "/" + manifest.file)
  }

  /// The cases of one operation.
  static func cases(of op: String) throws -> [GoldenCase] { try shared.get().cases.filter { $0.op == op } }

  /// The tensor that a case names.
  static func tensor<Scalar: TensorScalar>(_ key: String?, as type: Scalar.Type = Scalar.self) throws -> Tensor<Scalar>
  {
    guard let key else { throw GoldenError(description: "the case lacks a tensor") }
    return try shared.get().tensors.tensor(key, as: type)
  }

  /// The numbers of the tensor that a case names, exactly, whichever of the two types it is stored in.
  static func doubles(_ key: String, dtype: String) throws -> [Double] {
    dtype == "f32"
      ? try tensor(key, as: Float.self).scalars.map(Double.init) : try tensor(key, as: Double.self).scalars
  }
}

/// A manifest that does not say what it should.
struct GoldenError: Error, CustomStringConvertible { let description: String }
