public import AdaptiveSoftmax
internal import TensorFiles

/// Measured costs in a file: a line that says what they were measured on, a line of names, and a line for each pass.
///
///     # adasoft costs 1: avx512, 2 threads of libomp, AMD EPYC 7763
///     rows    classes depth   seconds
///     1       32      4       1.1e-06
///
/// A line of 0 classes and depth 0 says what a call of so many rows takes beside its layers.
public struct CostModelFile: Sendable, Equatable {
  /// What the costs were measured on.
  public let machine: String
  /// The measured machine.
  public let model: LinearCostModel

  static let title = "# adasoft costs 1: "
  static let columns = "rows\tclasses\tdepth\tseconds"

  /// What is to be written.
  public init(machine: String, model: LinearCostModel) {
    self.machine = machine
    self.model = model
  }

  /// Reads a file.
  ///
  /// - Throws: `ScoringError` (`missingInput`; `data`: a line that is not as above, passes that leave a gap in the grid).
  public init(path: String) throws(ScoringError) {
    var lines = try TextFile.lines(of: path).map { String(decoding: $0, as: UTF8.self) }[...]
    let first = lines.popFirst() ?? ""
    guard first.hasPrefix(Self.title) else {
      throw ScoringError(
        .data,
        "\(path): expected costs, which begin with '\(Self.title)', found '\(first.shortened)'; calibrate anew")
    }
    let columns = lines.popFirst() ?? ""
    guard columns == Self.columns else {
      throw ScoringError(
        .data,
        "\(path): line 2: expected the columns rows, classes, depth, seconds, found '\(columns.shortened)'; "
          + "calibrate anew")
    }
    var samples: [LinearCostModel.Sample] = []
    for (number, line) in zip(3..., lines) {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count == 4, let rows = Int(fields[0]), let classes = Int(fields[1]), let depth = Int(fields[2]),
        let seconds = Double(fields[3])
      else {
        throw ScoringError(
          .data, "\(path): line \(number): expected rows, classes, depth and seconds between tabs, found '\(line)'")
      }
      samples.append(LinearCostModel.Sample(rows: rows, classes: classes, depth: depth, seconds: seconds))
    }
    machine = String(first.dropFirst(Self.title.count))
    do throws(SoftmaxError) {
      model = try LinearCostModel(fitting: samples)
    } catch {
      throw ScoringError(.data, "\(path): \(error.description)")
    }
  }

  /// Refuses a name that cannot be written to, before a calibration for it.
  ///
  /// - Throws: `ScoringError` (`usage`: `-`; `outputExists`, `outputBusy`, `cannotCreate`).
  public static func check(output path: String, overwrite: Bool) throws(ScoringError) {
    try OutputCheck.check(path, overwrite: overwrite, inputs: [])
  }

  /// Writes the file; it appears when it is whole.
  ///
  /// - Throws: `ScoringError` (`outputExists`, `cannotCreate`, `inputOutput`).
  public func write(to path: String, overwrite: Bool) throws(ScoringError) {
    try TextFile.write(text, to: path, overwrite: overwrite)
  }

  /// What the file holds.
  var text: String {
    var lines = [Self.title + machine, Self.columns]
    lines += model.samples.map { "\($0.rows)\t\($0.classes)\t\($0.depth)\t\($0.seconds)" }
    return lines.joined(separator: "\n") + "\n"
  }
}
