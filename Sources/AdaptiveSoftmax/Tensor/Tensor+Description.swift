extension Tensor: CustomStringConvertible {
  /// PyTorch's print: `tensor([[0.0900, 0.2447, 0.6652]])`, four decimals, 80 columns, `...` beyond 1000 scalars, and
  /// `dtype=` for types other than float32 and int64.
  public var description: String {
    var suffixes: [String] = []
    if count == 0 {
      if rank != 1 { suffixes.append("size=(\(shape.map(String.init).joined(separator: ", ")))") }
      if Scalar.dtypeName != "float32" { suffixes.append("dtype=\(Scalar.dtypeName)") }
    } else if Scalar.dtypeName != "float32" && Scalar.dtypeName != "int64" {
      suffixes.append("dtype=\(Scalar.dtypeName)")
    }
    let body = count == 0 ? "[]" : TensorPrinter(self).text(dim: 0, offset: 0)
    var text = "tensor(" + body
    var column = text.count - (text.lastIndex(of: "\n").map { text.distance(from: text.startIndex, to: $0) } ?? -1) + 1
    for suffix in suffixes {
      if column + suffix.count + 2 > TensorPrinter<Scalar>.lineWidth {
        text += ",\n       " + suffix
        column = 7 + suffix.count
      } else {
        text += ", " + suffix
        column += suffix.count + 2
      }
    }
    return text + ")"
  }
}

/// What torch/_tensor_str.py does, for one tensor with at least one scalar.
private struct TensorPrinter<Scalar: TensorScalar> {
  static var lineWidth: Int { 80 }
  private static var threshold: Int { 1000 }
  private static var edgeItems: Int { 3 }

  private let tensor: Tensor<Scalar>
  private let isSummarized: Bool
  private var format: NumberFormat

  init(_ tensor: Tensor<Scalar>) {
    self.tensor = tensor
    isSummarized = tensor.count > Self.threshold
    format = NumberFormat(width: 1)
    var shown: [Int] = []
    appendShown(to: &shown, dim: 0, offset: 0)
    format =
      Scalar.self is any IndexTensorScalar.Type
      ? NumberFormat(integers: shown.map { "\(tensor.storage.base[$0])" })
      : NumberFormat(values: shown.map { tensor.storage.base[$0].asDouble })
  }

  /// The indices of a dimension that are printed; nil stands for the dots.
  private func printed(_ size: Int) -> [Int?] {
    guard isSummarized, size > 2 * Self.edgeItems else { return Array(0..<size) }
    return Array(0..<Self.edgeItems) + [nil] + Array(size - Self.edgeItems..<size)
  }

  private func appendShown(to shown: inout [Int], dim: Int, offset: Int) {
    guard dim < tensor.rank else { return shown.append(offset) }
    for case let i? in printed(tensor.shape[dim]) {
      appendShown(to: &shown, dim: dim + 1, offset: offset * tensor.shape[dim] + i)
    }
  }

  /// The text of the part whose first `dim` indices have the row-major offset `offset`.
  func text(dim: Int, offset: Int) -> String {
    guard dim < tensor.rank else { return element(offset) }
    let size = tensor.shape[dim]
    let indent = 7 + dim
    let margin = String(repeating: " ", count: indent + 1)
    let left = tensor.rank - dim
    if left > 1 {
      let parts = printed(size).map { $0.map { text(dim: dim + 1, offset: offset * size + $0) } ?? "..." }
      return "[" + parts.joined(separator: "," + String(repeating: "\n", count: left - 1) + margin) + "]"
    }
    let items = printed(size).map { $0.map { element(offset * size + $0) } ?? " ..." }
    let perLine = max(1, (Self.lineWidth - indent) / (format.width + 2))
    let lines = stride(from: 0, to: items.count, by: perLine).map {
      items[$0..<min($0 + perLine, items.count)].joined(separator: ", ")
    }
    return "[" + lines.joined(separator: ",\n" + margin) + "]"
  }

  private func element(_ offset: Int) -> String {
    let scalar = tensor.storage.base[offset]
    return Scalar.self is any IndexTensorScalar.Type
      ? format.padded("\(scalar)") : format.padded(format.text(scalar.asDouble))
  }
}

/// How the numbers of one tensor are written: all in one style, right-aligned to one width.
private struct NumberFormat {
  private enum Style { case integral, fixed, scientific }
  private var style = Style.integral
  private(set) var width: Int

  init(width: Int) { self.width = width }

  init(integers: [String]) { self.init(width: integers.map(\.count).max() ?? 1) }

  init(values: [Double]) {
    self.init(width: 1)
    let counted = values.filter { $0.isFinite && $0 != 0 }
    guard let smallest = counted.map(abs).min(), let largest = counted.map(abs).max() else { return }
    if largest / smallest > 1000 || largest > 1e8 || smallest < 1e-4 {
      style = .scientific
    } else if counted.contains(where: { $0 != $0.rounded(.up) }) {
      style = .fixed
    }
    width = counted.map { text($0).count }.max() ?? 1
  }

  func text(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    switch style {
    case .integral: return DecimalDigits(value).fixed(0) + "."
    case .fixed: return DecimalDigits(value).fixed(4)
    case .scientific: return DecimalDigits(value).scientific(4)
    }
  }

  func padded(_ text: String) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
}
