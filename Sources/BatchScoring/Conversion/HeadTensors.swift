internal import AdaptiveSoftmax
internal import TensorFiles

/// The tensors of a head in some layout, looked up without their prefix, each checked for its type and shape.
struct HeadTensors {
  let file: any TensorFile
  let format: HeadFormat
  let prefix: String
  private let tensors: [String: TensorDescription]

  /// Finds the head: under `prefix`, or under the one prefix where the format's names stand.
  ///
  /// - Throws: `ScoringError` (`data`: no head, or several).
  init(_ file: any TensorFile, _ format: HeadFormat, prefix: String?) throws(ScoringError) {
    let prefix = if let prefix { prefix } else { try Self.prefix(in: file, format) }
    var tensors: [String: TensorDescription] = [:]
    for tensor in file.tensors where tensor.name.hasPrefix(prefix) {
      tensors[String(tensor.name.dropFirst(prefix.count))] = tensor
    }
    if let odd = file.skipped.first(where: { $0.mayBeWeights && $0.name.hasPrefix(prefix) }) {
      throw ScoringError(
        .data, "\(file.path): \(odd.name.quoted): expected a tensor, found \(odd.kind); save it as a tensor")
    }
    self.file = file
    self.format = format
    self.prefix = prefix
    self.tensors = tensors
  }

  private static func prefix(in file: any TensorFile, _ format: HeadFormat) throws(ScoringError) -> String {
    let names = Set(file.tensors.map(\.name))
    let (heads, landmark) = format.landmarks
    let prefixes = names.filter { $0 == landmark || $0.hasSuffix("." + landmark) }
      .map { String($0.dropLast(landmark.count)) }
      .filter { prefix in heads.contains { names.contains(prefix + $0) } }.sorted()
    guard let prefix = prefixes.first else {
      let found = file.tensors.prefix(8).map(\.name.quoted).joined(separator: ", ")
      throw ScoringError(
        .data,
        "\(file.path): expected a \(format.name) head (\(heads.joined(separator: " or ")), \(landmark)) under some prefix, found \(found.isEmpty ? "no tensors" : found)\(file.tensors.count > 8 ? ", ..." : ""); choose another format, or score a plain head as it is with --weight NAME"
      )
    }
    guard prefixes.count == 1 else {
      throw ScoringError(
        .data,
        "\(file.path): expected one \(format.name) head, found several; choose a prefix among "
          + prefixes.map(\.quoted).joined(separator: ", "))
    }
    return prefix
  }

  func has(_ name: String) -> Bool { tensors[name] != nil }

  /// The name in the file.
  func full(_ name: String) -> String { prefix + name }

  /// How many names in a row there are of `before` a number from 0 `after`.
  func count(_ before: String, _ after: String = "") -> Int {
    (0...).first { tensors["\(before)\($0)\(after)"] == nil } ?? 0
  }

  /// Refuses names under the prefix that the format has not: weights must not be lost silently.
  ///
  /// Without a prefix everything else in the file would be refused, so only names that begin like the head's are.
  func refuse(except known: Set<String>, beginning starts: [String]) throws(ScoringError) {
    let unknown = tensors.keys.filter { name in
      !known.contains(name) && starts.contains { name == $0 || name.hasPrefix($0 + ".") }
    }.sorted()
    guard let name = unknown.first else { return }
    throw ScoringError(
      .data,
      "\(file.path): tensor \(full(name).quoted): expected only the tensors of a \(format.name) head, found one that it has not; choose another format or prefix"
    )
  }

  /// The shape of a matrix whose sizes fit `expected`, where nil is any size of at least 1.
  func matrix(_ name: String, _ expected: [Int?]) throws(ScoringError) -> [Int] {
    guard let tensor = tensors[name] else {
      throw ScoringError(
        .data,
        "\(file.path): expected a tensor \(full(name).quoted) of a \(format.name) head, found none; choose another format or prefix"
      )
    }
    guard tensor.elementType.isFloat else {
      throw error(name, "expected float16, bfloat16, float32 or float64, found \(tensor.elementType.name)")
    }
    let fits =
      tensor.shape.count == expected.count && zip(tensor.shape, expected).allSatisfy { $0 > 0 && $0 == $1 ?? $0 }
    guard fits else {
      let sizes = expected.map { $0.map { "\($0)" } ?? "any" }.joined(separator: ", ")
      throw error(name, "expected shape [\(sizes)], found \(tensor.shape)")
    }
    return tensor.shape
  }

  func error(_ name: String, _ message: String) -> ScoringError {
    ScoringError(.data, "\(file.path): tensor \(full(name).quoted): \(message)")
  }

  /// All rows of a tensor.
  func all(_ name: String) -> HeadRecipe.Part { .rows(full(name), 0..<(tensors[name]?.shape.first ?? 0)) }

  /// The types of the tensors of these names in the file.
  func types(of names: [String]) -> Set<ElementType> {
    let names = Set(names)
    return Set(tensors.values.filter { names.contains($0.name) }.map(\.elementType))
  }
}
