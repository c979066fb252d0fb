import AdaptiveSoftmax
import Foundation
import TensorFiles
import Testing

/// The elementwise subcommands against the library, for every dtype and layout of the input.
struct ArrayTests {
  @Test func softmaxAlongTheLastDimension() throws {
    let folder = try Fixture.folder()
    let outcome = try Tool.run(["softmax", "--dim", "-1", "x.npy", "-o", "y.npy"], in: folder.url)
    #expect(outcome.status == 0 && outcome.output == "" && outcome.errors == "")
    let x = try Tensor<Float>(npy: folder.path("x.npy"))
    #expect(try Tensor<Float>(npy: folder.path("y.npy")) == softmax(x, dim: 1))
    let reversed = try Tool.run(["softmin", "--dim", "0", "x.npy", "-o", "z.npy", "--json"], in: folder.url)
    #expect(reversed.output.hasPrefix("{\"rows\": 3, \"shape\": [2, 3], \"seconds\": "))
    #expect(try Tensor<Float>(npy: folder.path("z.npy")) == softmin(x, dim: 0))
  }

  static let subcommands: [[String]] = [
    ["softmax", "--dim", "1"], ["softmin", "--dim", "2"], ["log-softmax", "--dim", "-3"],
    ["log-softmax", "--dim", "2"],
    ["logsumexp", "--dim", "-1"], ["logsumexp", "--dim", "0", "--dim", "2"],
    ["logsumexp", "--dim", "2", "--dim", "1", "--keepdim"],
  ]

  /// Big-endian and column-major files give the bytes that a plain one gives, slab by slab too.
  @Test(arguments: subcommands)
  func layoutsAndSlabs(arguments: [String]) throws {
    let folder = Folder()
    let shape = [3, 4, 5]
    let values = (0..<60).map { Float(($0 * 37) % 23) / 4 - 2 }
    var columnMajor: [Float] = []
    for k in 0..<5 { for j in 0..<4 { for i in 0..<3 { columnMajor.append(values[i * 20 + j * 5 + k]) } } }
    try folder.write(Fixture.floats(values, "(3, 4, 5)"), "plain.npy")
    try folder.write(
      Fixture.npy(descr: "'>f4'", shape: "(3, 4, 5)", data: Fixture.bytes(values.map(\.bitPattern.bigEndian))),
      "big.npy")
    try folder.write(Fixture.npy(fortran: "True", shape: "(3, 4, 5)", data: Fixture.bytes(columnMajor)), "columns.npy")
    for (i, input) in ["plain", "plain", "plain", "big", "columns", "columns"].enumerated() {
      let batch = ["--batch-size", "\(1 + i % 3)"]
      let outcome = try Tool.run(arguments + batch + ["\(input).npy", "-o", "\(i).npy"], in: folder.url)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try folder.data("\(i).npy") == folder.data("0.npy"), "\(input) \(batch)")
    }
    let x = try Tensor<Float>(shape: shape, scalars: values)
    let expected: Tensor<Float>
    let dims = arguments.indices.filter { arguments[$0] == "--dim" }.map { Int(arguments[$0 + 1])! }
    switch arguments[0] {
    case "softmax": expected = try softmax(x, dim: dims[0])
    case "softmin": expected = try softmin(x, dim: dims[0])
    case "log-softmax": expected = try logSoftmax(x, dim: dims[0])
    default: expected = try logSumExp(x, dims: dims, keepingDims: arguments.contains("--keepdim"))
    }
    #expect(try Tensor<Float>(npy: folder.path("0.npy")) == expected)
  }

  @Test func dtypesAreKept() throws {
    let folder = Folder()
    let values: [Double] = [1, 2, 3, 1, 0, 0]
    try folder.write(Fixture.npy(descr: "'<f8'", shape: "(2, 3)", data: Fixture.bytes(values)), "f8.npy")
    try folder.write(
      Fixture.npy(descr: "'<f2'", shape: "(2, 3)", data: Fixture.bytes(values.map { Float16($0) })), "f2.npy")
    for name in ["f8", "f2"] {
      let outcome = try Tool.run(["log-softmax", "--dim", "1", "\(name).npy", "-o", "\(name).out.npy"], in: folder.url)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    let double = try NPYReader(path: folder.path("f8.out.npy"))
    #expect(double.elementType == .float64)
    #expect(try double.read(Double.self) == logSoftmax(Tensor<Double>(shape: [2, 3], scalars: values), dim: 1))
    let half = try NPYReader(path: folder.path("f2.out.npy"))
    #expect(half.elementType == .float16)
    #expect(
      try half.read(Float16.self)
        == logSoftmax(Tensor<Float16>(shape: [2, 3], scalars: values.map { Float16($0) }), dim: 1))
  }

  @Test func softmax2dOfImages() throws {
    let folder = Folder()
    let values = (0..<120).map { Float(($0 * 31) % 17) / 3 }
    try folder.write(Fixture.floats(values, "(2, 3, 4, 5)"), "batch.npy")
    try folder.write(Fixture.floats(Array(values[..<60]), "(3, 4, 5)"), "image.npy")
    for name in ["batch", "image"] {
      let outcome = try Tool.run(
        ["softmax2d", "\(name).npy", "-o", "\(name).out.npy", "--batch-size", "1"], in: folder.url)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    let batch = try Tensor<Float>(npy: folder.path("batch.out.npy"))
    #expect(batch == (try softmax(try Tensor<Float>(shape: [2, 3, 4, 5], scalars: values), dim: 1)))
    let image = try Tensor<Float>(npy: folder.path("image.out.npy"))
    #expect(image.scalars == Array(batch.scalars[..<60]))
  }

  struct Edge: Sendable {
    let arguments: [String]
    let x: [Float]
    let shape: String
    let y: [Float]
    let newShape: [Int]
  }

  /// Numbers of rank 0, sizes of 0, and slices with a NaN have the shapes and values PyTorch gives them.
  static let edges: [Edge] = [
    Edge(arguments: ["softmax", "--dim", "-1"], x: [3], shape: "()", y: [1], newShape: []),
    Edge(arguments: ["logsumexp", "--dim", "0"], x: [3], shape: "()", y: [3], newShape: []),
    Edge(arguments: ["softmax", "--dim", "1"], x: [], shape: "(2, 0)", y: [], newShape: [2, 0]),
    Edge(arguments: ["logsumexp", "--dim", "1"], x: [], shape: "(2, 0)", y: [-.infinity, -.infinity], newShape: [2]),
    Edge(arguments: ["logsumexp", "--dim", "1"], x: [], shape: "(0, 2)", y: [], newShape: [0]),
    Edge(
      arguments: ["logsumexp", "--dim", "0", "--keepdim"], x: [0, 0], shape: "(2,)", y: [0.6931472], newShape: [1]),
    Edge(
      arguments: ["softmax", "--dim", "0"], x: [0, .nan, 0, 1], shape: "(2, 2)", y: [0.5, .nan, 0.5, .nan],
      newShape: [2, 2]),
  ]

  @Test(arguments: edges)
  func hasPyTorchsShapeAndValues(_ edge: Edge) throws {
    let folder = Folder()
    try folder.write(Fixture.floats(edge.x, edge.shape), "x.npy")
    let outcome = try Tool.run(edge.arguments + ["x.npy", "-o", "y.npy"], in: folder.url)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let y = try Tensor<Float>(npy: folder.path("y.npy"))
    #expect(y.shape == edge.newShape)
    #expect(zip(y.scalars, edge.y).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }, "\(y.scalars)")
    #expect(y.count == edge.y.count)
  }

  /// NumPy does not look at them either: they are told of, and the answer is that of the array alone.
  @Test(arguments: ["x.npy", "hidden.npy", "targets.npy", "order.npy"])
  func bytesBehindTheDataAreToldOf(name: String) throws {
    let folder = try Fixture.folder()
    try folder.write(Fixture.integers([9, 8, 7, 6, 5, 4, 3, 2, 1, 0], "(10,)"), "order.npy")
    let arguments =
      name == "x.npy"
      ? ["softmax", "--dim", "1", "x.npy", "-o", "out.npy"] : BadInput.score + ["--permutation", "order.npy"]
    let proper = try Tool.run(arguments, in: folder.url)
    #expect(proper.status == 0 && proper.errors == "")
    let bytes = try folder.data("out.npy")
    try folder.write(folder.data(name) + [1, 2, 3], name)
    let told = try Tool.run(arguments + ["--overwrite"], in: folder.url)
    #expect(told.status == 0 && told.output == proper.output)
    #expect(told.errorLines.count == 1 && told.errors.hasPrefix("adasoft: warning: \(name): "), "\(told.errors)")
    #expect(told.errors.contains("found 3 bytes more"))
    #expect(try folder.data("out.npy") == bytes)
    #expect(try Tool.run(arguments + ["--overwrite", "--quiet"], in: folder.url).errors == "")
  }
}
