internal import AdaptiveSoftmax
internal import TensorFiles

/// How each weight of a head in PyTorch's names is made from the tensors of another layout.
struct HeadRecipe: Sendable {
  /// Some rows of a weight.
  enum Part: Sendable {
    /// Rows of a tensor.
    case rows(String, Range<Int>)
    /// All rows of a tensor, the last first.
    case reversed(String)
    /// A matrix, transposed.
    case transposed(String)
    /// The identity of that size.
    case identity(Int)
    /// Some rows times a matrix, or its transpose: two layers folded into one.
    indirect case product(Part, String, transposed: Bool)
  }

  /// A weight: its parts, one below the other.
  struct Weight: Sendable {
    let name: String
    let parts: [Part]
  }

  var weights: [Weight] = []

  mutating func add(_ name: String, _ parts: Part...) { weights.append(Weight(name: name, parts: parts)) }
}

extension HeadRecipe.Part {
  /// The names of the tensors that are read.
  var sources: [String] {
    switch self {
    case .rows(let name, _), .reversed(let name), .transposed(let name): [name]
    case .identity: []
    case .product(let part, let name, _): part.sources + [name]
    }
  }

  /// Whether numbers are computed, not only moved.
  var isComputed: Bool {
    if case .product = self { true } else { false }
  }

  /// The numbers; products are summed in Double and rounded once.
  ///
  /// - Throws: `FileError`, `SoftmaxError`.
  func tensor<S: FloatingTensorScalar>(_ file: any TensorFile, as _: S.Type, threads: Int) throws -> Tensor<S> {
    switch self {
    case .rows(let name, let rows): return try file.tensor(name, rows: rows, as: S.self)
    case .reversed(let name):
      let tensor = try file.tensor(name, as: S.self)
      let rows = tensor.shape.first ?? 0
      return try Tensor(shape: tensor.shape) { output in
        tensor.withUnsafeBufferPointer { scalars in
          let width = rows == 0 ? 0 : scalars.count / rows
          for i in output.indices { output[i] = scalars[(rows - 1 - i / width) * width + i % width] }
        }
      }
    case .transposed(let name): return try file.tensor(name, as: S.self).transposed(0, 1)
    case .identity(let size):
      return try Tensor(shape: [size, size]) { output in
        for i in output.indices { output[i] = S(converting: i / size == i % size ? 1 : 0) }
      }
    case .product(let part, let name, let transposed):
      let left = try part.tensor(file, as: Double.self, threads: threads)
      let right = try file.tensor(name, as: Double.self)
      return try linearProduct(left, transposed ? right : right.transposed(0, 1), threads: threads).to(S.self)
    }
  }
}

extension HeadRecipe {
  /// All weights, in the order of a state dict.
  ///
  /// - Throws: `FileError`, `SoftmaxError`.
  func stateDict<S: FloatingTensorScalar>(from file: any TensorFile, as _: S.Type, threads: Int) throws -> StateDict<S>
  {
    var dict = StateDict<S>()
    for weight in weights {
      let parts = try weight.parts.map { try $0.tensor(file, as: S.self, threads: threads) }
      dict[weight.name] = try Self.joined(parts)
    }
    return dict
  }

  /// The parts one below the other.
  private static func joined<S>(_ parts: [Tensor<S>]) throws(SoftmaxError) -> Tensor<S> {
    guard parts.count > 1 else { return parts[0] }
    guard parts.allSatisfy({ $0.shape.dropFirst() == parts[0].shape.dropFirst() }) else {
      throw SoftmaxError(.shape, "expected parts of one width, found shapes \(parts.map(\.shape))")
    }
    let rows = parts.reduce(0) { $0 + $1.shape[0] }
    return try Tensor(shape: [rows] + parts[0].shape.dropFirst()) { output in
      var start = 0
      for part in parts {
        part.withUnsafeBufferPointer { scalars in
          _ = UnsafeMutableBufferPointer(rebasing: output[start..<start + scalars.count]).update(from: scalars)
          start += scalars.count
        }
      }
    }
  }
}
