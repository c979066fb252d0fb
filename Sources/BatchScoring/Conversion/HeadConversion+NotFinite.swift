internal import AdaptiveSoftmax
internal import TensorFiles

extension HeadConversion {
  /// The error about a weight that is not finite as `Scalar`: it names the tensor in the file that it is made from.
  func notFinite<Scalar: FloatingTensorScalar>(
    _ weight: String, as type: Scalar.Type
  ) throws(ScoringError) -> ScoringError {
    let sources = recipe.weights.filter { $0.name == weight }.flatMap { $0.parts.flatMap(\.sources) }
    for source in sources {
      let tensor = try fromFile { () throws(FileError) in try file.tensor(source, as: Double.self) }
      let wrong = tensor.withUnsafeBufferPointer { $0.first { !Scalar(converting: $0).asDouble.isFinite } }
      guard let wrong else { continue }
      return ScoringError(
        .data,
        "\(file.path): tensor \(source.quoted): expected "
          + (wrong.isFinite
            ? "weights that \(type.dtypeName) can hold, found \(wrong); choose a wider type"
            : "finite weights, found \(wrong); export it again"))
    }
    return ScoringError(
      .data,
      "\(file.path): tensors \(sources.map(\.quoted).joined(separator: ", ")): expected a product that "
        + "\(type.dtypeName) can hold, found one that overflows; choose a wider type")
  }
}
