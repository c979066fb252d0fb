import BatchScoring
import Foundation
import Testing

/// A temporary folder of texts.
final class PlanFolder {
  private let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("planning-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: url.path).sorted()) ?? [] }

  func write(_ text: String, _ name: String) throws { try write(Data(text.utf8), name) }

  func write(_ data: Data, _ name: String) throws { try data.write(to: URL(fileURLWithPath: path(name))) }
}

/// Expects a `ScoringError` of a kind whose text contains the one given.
func expectRefusal<Result>(
  _ kind: ScoringError.Kind, _ text: String, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Result
) {
  let error = #expect(throws: ScoringError.self, sourceLocation: sourceLocation) { _ = try body() }
  #expect(error?.kind == kind, sourceLocation: sourceLocation)
  #expect(error?.description.contains(text) == true, "\(String(describing: error))", sourceLocation: sourceLocation)
}
