internal import AdaptiveSoftmax
internal import TensorFiles

/// The .npy output of a job: written in order, by one thread at a time, under its name only when it is whole.
struct OutputArray: @unchecked Sendable {
  private let writer: NPYWriter

  init(path: String, shape: [Int], type: ElementType, overwrite: Bool) throws(ScoringError) {
    writer = try fromFile { () throws(FileError) in
      try NPYWriter(path: path, shape: shape, elementType: type, overwrite: overwrite)
    }
  }

  func append<Scalar: TensorScalar>(_ tensor: Tensor<Scalar>) throws(ScoringError) {
    try fromFile { () throws(FileError) in try writer.append(tensor) }
  }

  func commit() throws(ScoringError) {
    try fromFile { () throws(FileError) in try writer.commit() }
  }
}
