internal import AdaptiveSoftmax
internal import TensorFiles

/// How often each class occurs, by class id.
///
/// Read from a text with a line for each class, `id<TAB>count`, `word<TAB>count` or `count` alone, or from a .npy array.
public struct ClassCounts: Sendable, Equatable {
  /// [classes]: the count of each class.
  public let counts: [Double]
  /// Whether no class is more frequent than one before it.
  public var isSorted: Bool { zip(counts, counts.dropFirst()).allSatisfy { $0 >= $1 } }

  /// Ids beyond this are refused: such a file holds something else.
  private static let mostClasses = 1 << 28

  /// Reads the counts; `-` is standard input.
  ///
  /// Where the first column of every line is a whole number, it is the class's id and a class without a line has count 0;
  /// otherwise line i is class i.
  ///
  /// - Throws: `ScoringError` (`missingInput`; `data`: a line without a count, a count that is negative, an id twice, no
  ///   class that occurs, fewer than 2 classes).
  public init(path: String) throws(ScoringError) {
    if path.utf8.suffix(4).elementsEqual(".npy".utf8) {
      counts = try Self.array(path)
    } else {
      counts = try Self.text(path)
    }
    if let wrong = counts.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw ScoringError(
        .data, "\(path): row \(wrong): expected a count that is finite and not negative, found \(counts[wrong])")
    }
    guard counts.count >= 2, counts.contains(where: { $0 > 0 }) else {
      throw ScoringError(
        .data,
        "\(path): expected counts of at least 2 classes, one of them above 0, found \(counts.count) classes with "
          + "\(counts.count { $0 > 0 }) above 0")
    }
  }

  /// The counts of the `classes` most frequent classes, sorted.
  ///
  /// - Throws: `ScoringError` (`usage`) when there are not as many.
  func mostFrequent(_ classes: Int?, path: String) throws(ScoringError) -> [Double] {
    let sorted = counts.sorted(by: >)
    guard let classes else { return sorted }
    guard classes <= sorted.count else {
      throw ScoringError(.usage, "\(path): expected at least \(classes) classes, found \(sorted.count); ask for fewer")
    }
    return Array(sorted.prefix(classes))
  }

  private static func array(_ path: String) throws(ScoringError) -> [Double] {
    let reader = try fromFile { () throws(FileError) in try NPYReader(path: path) }
    guard reader.shape.count == 1, reader.elementType != .bool else {
      throw ScoringError(
        .data,
        "\(path): expected counts of shape [classes], found \(reader.elementType.name) of shape \(reader.shape)")
    }
    if reader.elementType.isInteger {
      let counts = try fromFile { () throws(FileError) in try Tensor<Int64>(npy: path) }
      return counts.withUnsafeBufferPointer { $0.map { Double($0) } }
    }
    let counts = try fromFile { () throws(FileError) in try Tensor<Double>(npy: path) }
    return counts.withUnsafeBufferPointer { Array($0) }
  }

  private static func text(_ path: String) throws(ScoringError) -> [Double] {
    let lines = try TextFile.lines(of: path)
    if lines.first?.starts(with: [0x1F, 0x8B]) == true {
      throw ScoringError(
        .data, "\(path): expected lines of text, found gzip; read it through a pipe: gunzip -c FILE | ... --counts -")
    }
    var counts: [Double] = []
    var ids: [Int]? = []
    counts.reserveCapacity(lines.count)
    for (number, line) in lines.enumerated() {
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      let tab = line.lastIndex(of: UInt8(ascii: "\t"))
      let field = tab.map { line[($0 + 1)...] } ?? line
      guard let count = Double(String(decoding: field, as: UTF8.self)) else {
        throw ScoringError(
          .data,
          "\(path): line \(number + 1): expected a count, or an id or word, a tab and a count, found "
            + "'\(String(decoding: line.prefix(80), as: UTF8.self).filter { !$0.isNewline })'")
      }
      guard count >= 0, count.isFinite else {
        throw ScoringError(
          .data, "\(path): line \(number + 1): expected a count that is finite and not negative, found \(count)")
      }
      counts.append(count)
      let id = tab.flatMap { wholeNumber(line[..<$0]) }
      if let id { ids?.append(id) } else { ids = nil }
    }
    guard let ids, !ids.isEmpty else { return counts }
    return try byID(counts, ids, path)
  }

  private static func byID(_ counts: [Double], _ ids: [Int], _ path: String) throws(ScoringError) -> [Double] {
    let classes = ids.max()! + 1
    guard classes <= mostClasses else {
      throw ScoringError(.data, "\(path): expected class ids below \(mostClasses), found \(classes - 1)")
    }
    var byID = [Double](repeating: 0, count: classes)
    var line = [Int](repeating: -1, count: classes)
    for (i, id) in ids.enumerated() {
      guard line[id] < 0 else {
        throw ScoringError(
          .data, "\(path): line \(i + 1): expected each id once, found \(id) on line \(line[id] + 1) too")
      }
      line[id] = i
      byID[id] = counts[i]
    }
    return byID
  }

  /// The number that decimal digits spell; nil for anything else.
  private static func wholeNumber(_ digits: ArraySlice<UInt8>) -> Int? {
    guard !digits.isEmpty, digits.count < 19 else { return nil }
    var number = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      number = 10 * number + Int(digit - UInt8(ascii: "0"))
    }
    return number
  }
}
