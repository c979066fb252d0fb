internal import AdaptiveSoftmax

extension SafetensorsFile {
  /// Checks the tensors of a header against each other and the bytes of data that follow it.
  ///
  /// Each range must be as long as dtype and shape say; in order, the ranges must touch, begin at 0 and end with the file.
  static func entries(_ header: JSONHeader, dataCount: Int, path: String) throws(FileError) -> [Entry] {
    var entries: [Entry] = []
    entries.reserveCapacity(header.tensors.count)
    for tensor in header.tensors { entries.append(try entry(tensor, dataCount: dataCount, path: path)) }
    entries.sort {
      ($0.byteRange.lowerBound, $0.byteRange.upperBound) < ($1.byteRange.lowerBound, $1.byteRange.upperBound)
    }
    var end = 0
    var previous: Entry?
    for entry in entries {
      guard entry.byteRange.lowerBound == end else {
        let fault = entry.byteRange.lowerBound < end ? "the ranges overlap" : "there is a hole before it"
        let place = previous.map { "where tensor \($0.name.quoted) ends" } ?? "the first byte"
        throw FileError(
          .malformed, path: path,
          "tensor \(entry.name.quoted): expected data_offsets to begin at \(end), \(place), found \(entry.byteRange.lowerBound): \(fault)"
        )
      }
      end = entry.byteRange.upperBound
      previous = entry
    }
    guard end == dataCount else {
      throw FileError(
        .malformed, path: path,
        "expected the file to end after \(end) bytes of data, found \(dataCount): \(dataCount - end) too many")
    }
    return entries
  }

  private static func entry(_ tensor: JSONHeader.Tensor, dataCount: Int, path: String) throws(FileError) -> Entry {
    func message(_ expected: String, _ found: String) -> String {
      "tensor \(tensor.name.quoted): expected \(expected), found \(found)"
    }
    func error(_ expected: String, _ found: String, _ code: FileError.Code = .malformed) -> FileError {
      FileError(code, path: path, message(expected, found))
    }
    guard let type = ElementType(safetensorsName: tensor.dtype) else {
      throw error("a dtype of the format, such as F32", tensor.dtype.quoted, .unsupported)
    }
    var bits: UInt64 = 1
    for size in tensor.shape + [UInt64(type.bitWidth)] {
      let (product, overflow) = bits.multipliedReportingOverflow(by: size)
      guard !overflow else { throw error("a size below 2^64 bits", "shape \(tensor.shape) of \(tensor.dtype)") }
      bits = product
    }
    guard bits % 8 == 0 else {
      throw error("a whole number of bytes", "\(bits) bits (shape \(tensor.shape) of \(tensor.dtype))")
    }
    guard tensor.begin <= tensor.end else {
      throw error("data_offsets in order", "[\(tensor.begin), \(tensor.end)]")
    }
    guard tensor.end - tensor.begin == bits / 8 else {
      throw error(
        "data_offsets to span \(bits / 8) bytes (shape \(tensor.shape) of \(tensor.dtype))",
        "\(tensor.end - tensor.begin) ([\(tensor.begin), \(tensor.end)])")
    }
    guard tensor.end <= UInt64(dataCount) else {
      throw FileError.cutOff(path: path, message("\(tensor.end) bytes of data in the file", "\(dataCount)"))
    }
    return Entry(
      name: tensor.name, elementType: type, shape: tensor.shape.map { Int(clamping: $0) },
      byteRange: Int(tensor.begin)..<Int(tensor.end))
  }
}
