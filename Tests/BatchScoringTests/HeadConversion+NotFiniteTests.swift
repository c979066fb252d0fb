import AdaptiveSoftmax
import TensorFiles
import Testing

@testable import BatchScoring

/// Weights that the output cannot hold: the error names the tensor of the input, and a mend that fits.
@Suite struct HeadConversionNotFiniteTests {
  /// A checkpoint with one weight changed.
  private func conversion(
    _ checkpoint: String, _ name: String, _ value: Float, in files: Files
  ) throws -> HeadConversion {
    let checkpoint = Checkpoint.named(checkpoint)
    let file = try openTensorFile(path: checkpoint.path)
    var tensors: [(name: String, tensor: AnyTensorData)] = []
    for entry in file.tensors where entry.elementType.isFloat {
      var tensor = try file.tensor(entry.name, as: Float.self)
      if entry.name == name { tensor.withUnsafeMutableBufferPointer { $0[3] = value } }
      tensors.append((entry.name, AnyTensorData(tensor)))
    }
    try Safetensors.write(tensors, to: files.path("changed.safetensors"))
    return try HeadConversion(files.path("changed.safetensors"), from: checkpoint.format)
  }

  @Test(arguments: [
    ("pytorch.pt", "head.weight"), ("fairseq.pt", "adaptive_softmax.tail.0.2.weight"),
    ("fairseq_tied_word.pt", "head.class_proj.weight"), ("fairseq_tied.pt", "adaptive_softmax.tail.0.0.weight"),
    ("txl_original.pt", "crit.out_layers.1.weight"),
  ])
  func isNamedAsInTheInput(checkpoint: String, name: String) throws {
    let files = try Files(rows: 1)
    let output = files.path("out.safetensors")
    for (value, says) in [
      (70000, "weights that float16 can hold, found 70000.0; choose a wider type"),
      (Float.infinity, "finite weights, found inf; export it again"),
      (.nan, "finite weights, found nan; export it again"),
    ] as [(Float, String)] {
      let conversion = try conversion(checkpoint, name, value, in: files)
      expectRefusal(.data, "changed.safetensors: tensor '\(name)': expected \(says)") {
        try conversion.write(output, dtype: .float16)
      }
      #expect(!files.names.contains("out.safetensors"))
      if value.isFinite { #expect(throws: Never.self) { try conversion.write(output, dtype: .bfloat16) } }
      try? files.remove("out.safetensors")
      try files.remove("changed.safetensors")
    }
  }

  @Test func productsOfWeightsThatFitMayNot() throws {
    let files = try Files(rows: 1)
    let name = "head.word_proj.0.weight"
    let conversion = try conversion("fairseq_tied_word.pt", name, 60000, in: files)
    let scaled = try openTensorFile(path: conversion.file.path)
    var tensors: [(name: String, tensor: AnyTensorData)] = []
    for entry in scaled.tensors {
      var tensor = try scaled.tensor(entry.name, as: Float.self)
      if entry.name.contains("word_proj.1") {
        tensor.withUnsafeMutableBufferPointer { for i in $0.indices { $0[i] = 100 } }
      }
      tensors.append((entry.name, AnyTensorData(tensor)))
    }
    try Safetensors.write(tensors, to: files.path("product.safetensors"))
    let product = try HeadConversion(files.path("product.safetensors"), from: conversion.format)
    expectRefusal(.data, "expected a product that float16 can hold, found one that overflows; choose a wider type") {
      try product.write(files.path("out.safetensors"), dtype: .float16)
    }
  }
}
