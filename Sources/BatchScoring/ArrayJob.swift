internal import AdaptiveSoftmax
public import TensorFiles

/// Applies one of the softmax family to a .npy array and writes a .npy array of the same dtype.
///
/// When the first dimension is not reduced over, slabs of it are read, computed and written one by one, so that a file may
/// be larger than memory; otherwise the array is held whole.
public struct ArrayJob: Sendable {
  /// What is done to the array.
  public enum Operation: Sendable, Equatable {
    /// `softmax(_:dim:threads:)`: exp(x_i) / sum_j exp(x_j) over `dim`.
    case softmax(dim: Int)
    /// `softmin(_:dim:threads:)`: exp(-x_i) / sum_j exp(-x_j) over `dim`.
    case softmin(dim: Int)
    /// `logSoftmax(_:dim:threads:)`: x_i - log sum_j exp(x_j) over `dim`.
    case logSoftmax(dim: Int)
    /// `Softmax2d`: softmax over the channels of [batch, channels, height, width] or [channels, height, width].
    case softmax2d
    /// `logSumExp(_:dims:keepingDims:threads:)`: log sum_i exp(x_i) over `dims`; takes integers too.
    case logSumExp(dims: [Int], keepingDims: Bool)
  }

  /// The shape of what is written.
  public let outputShape: [Int]

  private let operation: Operation
  private let reader: NPYReader
  /// The dimensions reduced over, in `0 ..< rank`.
  private let dims: Set<Int>
  private let output: String
  private let settings: JobSettings

  /// Opens and checks the files.
  ///
  /// - Parameter inputType: `.bfloat16` reads dtype `V2`, as which ml_dtypes saves bfloat16; nil: as the array says.
  /// - Throws: `ScoringError` (`usage`: a dimension the array does not have, a batch of no rows, an output that is `-`
  ///   or the input, `SMX_VARIANT`; `missingInput`, `data`; `cannotCreate`, `outputExists`, `outputBusy`;
  ///   `inputOutput`).
  public init(
    _ operation: Operation, input: String, inputType: ElementType? = nil, output: String,
    settings: JobSettings = JobSettings()
  ) throws(ScoringError) {
    try settings.check()
    try OutputCheck.check(output, overwrite: settings.overwrite, inputs: [input])
    let reader = try namingRawType { () throws(ScoringError) in
      try naming(types: operation.types) { () throws(FileError) in
        try NPYReader(path: input, elementTypeOverride: inputType)
      }
    }
    guard reader.elementType.isFloat || (operation.takesIntegers && reader.elementType.isInteger) else {
      throw ScoringError(
        .data, "\(input): expected \(operation.types), found \(reader.elementType.name); convert the array")
    }
    let rank = reader.shape.count
    try about(input) { () throws(SoftmaxError) in
      let empty = try Tensor<Float>(shape: [Int](repeating: 0, count: rank)) { $0.initialize(repeating: 0) }
      var result = Tensor<Float>([])
      try Self.apply(operation, to: empty, into: &result, threads: 1)
    }
    dims = Set(operation.dims.map { $0 < 0 ? $0 + max(rank, 1) : $0 })
    outputShape = operation.shape(from: reader.shape, over: dims)
    if let notice = reader.trailingNotice { settings.notice?(notice) }
    self.operation = operation
    self.reader = reader
    self.output = output
    self.settings = settings
  }

  /// Computes the array and returns the number of slices reduced over; the output appears when all are written.
  ///
  /// - Throws: `ScoringError` (`usage`: negative threads; `data` when the file was cut off meanwhile; `inputOutput`;
  ///   `cannotCreate` and `outputExists` where the name was taken since `init`; what `progress` throws).
  public func run(progress: ProgressCallback = { _ in }) throws(ScoringError) -> Int {
    switch reader.elementType {
    case .float64: return try run(Double.self, progress)
    #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
      case .float16: return try run(Float16.self, progress)
    #endif
    case .bfloat16: return try run(BFloat16.self, progress)
    default: return try run(Float.self, progress)
    }
  }

  private func run<Scalar: FloatingTensorScalar>(
    _: Scalar.Type, _ progress: ProgressCallback
  ) throws(ScoringError) -> Int {
    let path = reader.path
    let writer = try OutputArray(
      path: output, shape: outputShape, type: reader.elementType.isFloat ? reader.elementType : .float32,
      overwrite: settings.overwrite)
    let isSliced = !reader.shape.isEmpty && !dims.contains(0)
    let slicesPerRow = reader.shape.indices.dropFirst().filter { !dims.contains($0) }.reduce(1) {
      $0 * reader.shape[$1]
    }
    let rows = isSliced ? reader.rowCount : 1
    let size =
      !isSliced || outputShape.contains(0)
      ? max(rows, 1) : settings.rows(rowBytes: 2 * reader.rowElements * reader.elementType.size)
    var state = JobProgress(rowsDone: 0, rowsTotal: rows * slicesPerRow)
    try progress(state)
    let pipeline = Pipeline<Range<Int>, Slab<Scalar>>(
      units: { AnyIterator(RowBatches(0..<rows, size: size).makeIterator()) },
      makeBatch: { Slab() },
      read: { [reader] (rows, slab) throws(ScoringError) in
        try fromFile { () throws(FileError) in
          try slab.read(isSliced ? rows : nil, of: reader)
        }
      },
      write: { (_, slab) throws(ScoringError) in try writer.append(slab.y) })
    try pipeline.run { (rows, slab) throws(ScoringError) in
      try about(path) { () throws(SoftmaxError) in
        try Self.apply(operation, to: slab.x, into: &slab.y, threads: settings.threads)
      }
      state.rowsDone += rows.count * slicesPerRow
      try progress(state)
    }
    try writer.commit()
    return state.rowsTotal
  }

  private static func apply<Scalar: FloatingTensorScalar>(
    _ operation: Operation, to x: Tensor<Scalar>, into y: inout Tensor<Scalar>, threads: Int
  ) throws(SoftmaxError) {
    switch operation {
    case .softmax(let dim): try softmax(x, dim: dim, into: &y, threads: threads)
    case .softmin(let dim): try softmin(x, dim: dim, into: &y, threads: threads)
    case .logSoftmax(let dim): try logSoftmax(x, dim: dim, into: &y, threads: threads)
    case .softmax2d: try Softmax2d()(x, into: &y, threads: threads)
    case .logSumExp(let dims, let keepingDims):
      try logSumExp(x, dims: dims, keepingDims: keepingDims, into: &y, threads: threads)
    }
  }
}

/// A slab of the array and its results.
private final class Slab<Scalar: FloatingTensorScalar> {
  var x = Tensor<Scalar>([])
  var y = Tensor<Scalar>([])
  private var integers = Tensor<Int64>([])

  /// Reads rows of the array, or all of it; integers are converted.
  func read(_ rows: Range<Int>?, of reader: NPYReader) throws(FileError) {
    if reader.elementType.isFloat {
      if let rows { try reader.read(rows: rows, into: &x) } else { x = try reader.read() }
      return
    }
    if let rows { try reader.read(rows: rows, into: &integers) } else { integers = try reader.read() }
    do throws(SoftmaxError) { x = try integers.to(Scalar.self) } catch {
      throw FileError(.readFailed, path: reader.path, error.description)
    }
  }
}

extension ArrayJob.Operation {
  /// Whether it takes integers, as Float.
  fileprivate var takesIntegers: Bool { if case .logSumExp = self { true } else { false } }

  /// What it takes, as errors say it.
  fileprivate var types: String {
    takesIntegers ? "floats or integers of at most 64 bits" : "float16, float32 or float64"
  }

  /// The dimensions reduced over, as they were given.
  fileprivate var dims: [Int] {
    switch self {
    case .softmax(let dim), .softmin(let dim), .logSoftmax(let dim): [dim]
    case .softmax2d: [-3]
    case .logSumExp(let dims, _): dims
    }
  }

  fileprivate func shape(from input: [Int], over dims: Set<Int>) -> [Int] {
    guard case .logSumExp(_, let keepingDims) = self else { return input }
    return keepingDims
      ? input.enumerated().map { dims.contains($0.offset) ? 1 : $0.element }
      : input.enumerated().filter { !dims.contains($0.offset) }.map(\.element)
  }
}
