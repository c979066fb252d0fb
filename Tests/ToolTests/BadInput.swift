import Foundation
import Testing

/// One way to misuse the tool: what is done to a folder of good files, the command, and how it must be refused.
struct BadInput: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let arguments: [String]
  var environment: [String: String] = [:]
  let status: Int32
  /// What the line on standard error must contain.
  let mentions: [String]
  let prepare: @Sendable (Folder) throws -> Void

  static let score = [
    "score", "--head", "head.safetensors", "--hidden", "hidden.npy", "--target", "targets.npy", "-o", "out.npy",
  ]
  static let predict = ["predict", "--head", "head.safetensors", "--hidden", "hidden.npy", "-o", "out.npy"]
  static let sample = [
    "sample", "--head", "head.safetensors", "--hidden", "hidden.npy", "--seed", "1", "-o", "out.npy",
  ]
  static let logProb = ["log-prob", "--head", "head.safetensors", "--hidden", "hidden.npy", "-o", "out.npy"]

  init(
    _ name: String, running arguments: [String] = BadInput.score, environment: [String: String] = [:], _ status: Int32,
    _ mentions: String..., prepare: @escaping @Sendable (Folder) throws -> Void = { _ in }
  ) {
    testDescription = name
    self.arguments = arguments
    self.environment = environment
    self.status = status
    self.mentions = mentions
    self.prepare = prepare
  }
}

struct BadInputTests {
  @Test(arguments: BadInput.files + BadInput.arrays + BadInput.heads + BadInput.commands)
  func isRefused(_ input: BadInput) throws {
    let folder = try Fixture.folder()
    try input.prepare(folder)
    let before = folder.names
    let outcome = try Tool.run(input.arguments, environment: input.environment, in: folder.url)
    #expect(outcome.status == input.status, "\(outcome.errors)")
    #expect(outcome.output == "")
    #expect(folder.names == before, "files were left or removed")
    let line = try #require(outcome.errorLines.first)
    #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(line.hasPrefix("Error: "))
    for text in input.mentions { #expect(line.contains(text), "\(line)") }
  }

  @Test func tableIsLarge() {
    let all = BadInput.files + BadInput.arrays + BadInput.heads + BadInput.commands
    #expect(Set(all.map(\.testDescription)).count == all.count)
    #expect(all.count >= 40)
  }
}
