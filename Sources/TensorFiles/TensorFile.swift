public import AdaptiveSoftmax

/// A file of named tensors: what a `.safetensors` and a `.pt` file have in common.
public protocol TensorFile: Sendable {
  /// The name of the file, as it was opened.
  var path: String { get }

  /// The tensors in the file's order.
  var tensors: [TensorDescription] { get }

  /// The values that are no tensors, in their order; a safetensors file has none.
  var skipped: [TorchFile.SkippedValue] { get }

  /// The free text that goes with the tensors; a `.pt` file has none.
  var metadata: [String: String] { get }

  /// The tensor of this name, converted to `S`.
  ///
  /// - Throws: `FileError`.
  func tensor<S: TensorScalar>(_ name: String, as type: S.Type) throws(FileError) -> Tensor<S>

  /// Calls `body` with a tensor's little-endian bytes in row-major order, which may stand at any address.
  ///
  /// - Throws: `FileError`, and what `body` throws.
  func withUnsafeBytes<Result>(of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result
}

extension TensorFile {
  public var skipped: [TorchFile.SkippedValue] { [] }

  /// The tensor of this name, converted to the scalars that are expected.
  ///
  /// - Throws: `FileError`, as `tensor(_:as:)`.
  public func tensor<S: TensorScalar>(_ name: String) throws(FileError) -> Tensor<S> { try tensor(name, as: S.self) }

  /// Rows of a tensor, [rows.count, ...], converted to `S`.
  ///
  /// - Throws: `FileError` as `tensor(_:as:)`, and `malformed` where there are no such rows; `SoftmaxError` (`memory`).
  public func tensor<S: TensorScalar>(_ name: String, rows: Range<Int>, as type: S.Type = S.self) throws -> Tensor<S> {
    guard let tensor = tensors.first(where: { ExactString($0.name) == ExactString(name) }) else {
      return try self.tensor(name, as: S.self)  // refuses the name
    }
    guard let count = tensor.shape.first, rows.lowerBound >= 0, rows.upperBound <= count else {
      throw FileError(
        .malformed, path: path,
        "tensor \(name.quoted): expected rows \(rows), found the shape \(tensor.shape); ask for rows it has")
    }
    if rows == 0..<count { return try self.tensor(name, as: S.self) }
    if let mismatch = Conversion.mismatch(tensor.elementType, S.self) {
      throw FileError(.unsupported, path: path, "tensor \(name.quoted): \(mismatch)")
    }
    return try withUnsafeBytes(of: name) { bytes in
      guard bytes.count == tensor.byteCount else {
        throw FileError(
          .malformed, path: path,
          "tensor \(name.quoted): expected \(tensor.byteCount) bytes for shape \(tensor.shape), found \(bytes.count)")
      }
      let rowBytes = bytes.count / count
      let part = UnsafeRawBufferPointer(rebasing: bytes[(rows.lowerBound * rowBytes)..<(rows.upperBound * rowBytes)])
      var failure: Conversion.Failure?
      let result = try Tensor<S>(shape: [rows.count] + tensor.shape.dropFirst()) { output in
        failure = Conversion.convert(part, from: tensor.elementType, swapped: false, into: output)
      }
      if let failure {
        throw FileError(
          .malformed, path: path,
          "tensor \(name.quoted): expected numbers that \(S.dtypeName) can hold, found \(failure.value)")
      }
      return result
    }
  }
}

/// What is known of a tensor before its bytes are read.
public struct TensorDescription: Sendable, Equatable {
  /// Its name in the file.
  public let name: String
  /// What its elements are.
  public let elementType: ElementType
  /// Its sizes.
  public let shape: [Int]

  /// The bytes of the tensor in row-major order; `Int.max` where they are more than that.
  public var byteCount: Int { shape.contains(0) ? 0 : SizeCheck.bytes(shape, elementType) ?? .max }
}

extension SafetensorsFile: TensorFile {
  public var tensors: [TensorDescription] {
    entries.map { TensorDescription(name: $0.name, elementType: $0.elementType, shape: $0.shape) }
  }
}

extension TorchFile: TensorFile {
  public var metadata: [String: String] { [:] }

  public var tensors: [TensorDescription] {
    entries.map { TensorDescription(name: $0.name, elementType: $0.elementType, shape: $0.shape) }
  }
}

/// Opens a `.safetensors` or `.pt` file, told apart by their first bytes: a ZIP file is PyTorch's.
///
/// - Throws: `FileError` (`missing`, `unreadable`, `malformed`, `unsupported`, `truncated`, `readFailed`).
public func openTensorFile(path: String, io: IOMode = .auto) throws(FileError) -> any TensorFile {
  let file = try InputFile(path: path)
  let start = try file.bytes(min(9, file.size), at: 0)
  // A safetensors header of 0x0403_4B50 bytes begins like a ZIP file, but for the upper half of its length.
  if start.starts(with: [0x50, 0x4B, 3, 4]), start[4..<min(8, start.count)] != [0, 0, 0, 0] {
    return try TorchFile(path: path, io: io)
  }
  do throws(FileError) {
    return try SafetensorsFile(path: path, io: io)
  } catch {
    // A safetensors header that is damaged opens all the same, whatever its length looks like.
    guard start.dropFirst(8).first != UInt8(ascii: "{"), let found = try ForeignFormat.found(in: file) else {
      throw error
    }
    throw FileError(.unsupported, path: path, "expected a safetensors or .pt file of named tensors, found \(found)")
  }
}
