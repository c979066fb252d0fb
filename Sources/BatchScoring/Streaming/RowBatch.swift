internal import AdaptiveSoftmax
internal import TensorFiles

/// Rows of a job's inputs.
struct RowBatch {
  /// The file of the hidden states, for errors.
  let path: String
  /// The numbers of the rows in that file.
  let rows: Range<Int>
  /// [rows.count, features], all finite.
  let hidden: Tensor<Float>
  /// [rows.count], all classes of the head, in its ids, or the ignored index; empty for jobs without targets.
  let target: Tensor<Int64>
}

/// Where a job puts the results of a batch; the tensors keep their storage from batch to batch.
struct RowResults {
  /// One for each array that the job writes, in its order.
  var outputs: [OutputRows]
  /// What the rows add to the job's counts and sums; empty at first.
  var tally = Tally()
}

/// The rows of one output: the member that its description names is written, the others stay empty.
struct OutputRows {
  /// [rows.count] + rowShape.
  var float32 = Tensor<Float>([])
  /// [rows.count] + rowShape.
  var int64 = Tensor<Int64>([])
  /// UTF-8 lines, any number of them.
  var text: [UInt8] = []
}

/// One array (or text) that a job writes.
struct OutputDescription: Sendable, Equatable {
  enum Contents: Sendable, Equatable {
    case float32
    case int64
    /// Lines of text; `suffix` then names the file's extension.
    case text
  }

  /// What makes the given name this output's name, such as `.ids.npy`; empty for an only output, which has the name as given.
  let suffix: String
  let contents: Contents
  /// The shape of a row's results; [] for one number; of text, how many entries a row has.
  let rowShape: [Int]

  init(suffix: String = "", _ contents: Contents, rowShape: [Int] = []) {
    self.suffix = suffix
    self.contents = contents
    self.rowShape = rowShape
  }

  /// The bytes of a row's results (of text, about), which fit an Int once `hasRoom` said so.
  var rowBytes: Int { entryBytes * rowShape.reduce(1, *) }

  private var entryBytes: Int {
    switch contents {
    case .float32: 4
    case .int64: 8
    case .text: 32
    }
  }

  /// Whether the bytes of so many rows fit an Int four times over: those of several outputs are added up.
  func hasRoom(rows: Int) -> Bool {
    SizeCheck.count(of: [4 * entryBytes, rows] + rowShape) != nil
  }

  var elementType: ElementType? {
    switch contents {
    case .float32: .float32
    case .int64: .int64
    case .text: nil
    }
  }

  /// The bytes of a file of `total` rows that has the first `rows` of them; nil for text.
  func byteCount(rows: Int, of total: Int, path: String) throws(FileError) -> Int? {
    guard let elementType else { return nil }
    return try NPYWriter.header(shape: [total] + rowShape, elementType: elementType, path: path).count + rows * rowBytes
  }

  /// `float32 [3]`, by which a partial result is recognised.
  var name: String { "\(contents) \(rowShape)" }
}
