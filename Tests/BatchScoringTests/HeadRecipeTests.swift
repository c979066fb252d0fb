import AdaptiveSoftmax
import TensorFiles
import Testing

@testable import BatchScoring

struct HeadRecipeTests {
  private func file(_ files: Files) throws -> any TensorFile {
    let path = files.path("parts.safetensors")
    try Safetensors.write(
      [
        ("a", AnyTensorData(try Tensor<Float>(shape: [2, 2], scalars: [1, 2, 3, 4]))),
        ("b", AnyTensorData(try Tensor<Float>(shape: [1, 2], scalars: [5, 6]))),
        ("wide", AnyTensorData(try Tensor<Float>(shape: [1, 3], scalars: [7, 8, 9]))),
      ], to: path)
    return try openTensorFile(path: path)
  }

  @Test func partsStandOneBelowTheOther() throws {
    let files = try Files(rows: 1)
    var recipe = HeadRecipe()
    recipe.add("w", .reversed("a"), .rows("b", 0..<1))
    let weights = try recipe.stateDict(from: file(files), as: Float.self, threads: 1)
    #expect(try weights["w"] == Tensor(shape: [3, 2], scalars: [3, 4, 1, 2, 5, 6]))
  }

  @Test func partsOfOtherWidthsAreRefused() throws {
    let files = try Files(rows: 1)
    let file = try file(files)
    for (first, second) in [("a", "wide"), ("wide", "a")] {
      var recipe = HeadRecipe()
      recipe.add("w", .rows(first, 0..<1), .rows(second, 0..<1))
      let error = #expect(throws: SoftmaxError.self) { try recipe.stateDict(from: file, as: Float.self, threads: 1) }
      #expect(error?.description.hasPrefix("expected parts of one width, found shapes ") == true)
    }
  }
}
