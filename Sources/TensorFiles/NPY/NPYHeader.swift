internal import AdaptiveSoftmax

/// The header of a .npy file: what NumPy's `descr`, `fortran_order` and `shape` say.
struct NPYHeader {
  static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
  /// NumPy's own limit on the text of a header.
  static let longestText = 10_000
  static let highestRank = 32

  var elementType: ElementType
  var isBigEndian = false
  var isFortranOrder = false
  var shape: [Int]

  init(elementType: ElementType, shape: [Int]) {
    self.elementType = elementType
    self.shape = shape
  }
}

// MARK: - Reading

extension NPYHeader {
  /// Reads a `descr` such as `<f4`; `V2`, as which ml_dtypes saves bfloat16, only when `override` asks for it.
  init(
    description: String, isFortranOrder: Bool, shape: [Int], override: ElementType?, path: String
  ) throws(FileError) {
    self.shape = shape
    self.isFortranOrder = isFortranOrder
    let order = description.first.flatMap { "<>=|".contains($0) ? $0 : nil }
    let kind = order == nil ? description[...] : description.dropFirst()
    isBigEndian = order == ">"
    if kind == "V2" {
      guard override == .bfloat16, !isBigEndian else {
        throw FileError(
          .unsupported, path: path,
          "expected numbers, found dtype \(description.quoted): raw bytes, which are read only when asked for as bfloat16"
        )
      }
      elementType = .bfloat16
      return
    }
    guard let type = ElementType(npyKind: kind) else {
      let reason = kind.hasPrefix("O") ? ": a pickle, which is never loaded" : ""
      throw FileError(
        .unsupported, path: path, "expected \(NPYReader.types), found \(description.quoted)\(reason)")
    }
    elementType = type
    guard override == nil || override == type else {
      throw FileError(
        .unsupported, path: path,
        "expected \(override!.name) as asked for, found dtype \(description.quoted) (\(type.name)); read it as it is")
    }
  }

  /// The number of elements, where sizes of 0 do not hide a product that no Int can hold.
  func checkedCount(path: String) throws(FileError) -> Int {
    guard shape.count <= Self.highestRank else {
      throw FileError(.unsupported, path: path, "expected at most \(Self.highestRank) dimensions, found \(shape.count)")
    }
    guard let count = SizeCheck.count(of: shape), SizeCheck.bytes(shape, elementType) != nil else {
      throw FileError(.malformed, path: path, "expected a shape whose bits an Int can count, found \(shape)")
    }
    return count
  }
}

// MARK: - Writing

extension NPYHeader {
  /// The bytes before the data, the same as numpy.save writes: version 1.0, room for the first size to grow to 21 digits,
  /// data at a multiple of 64.
  func bytes(path: String) throws(FileError) -> [UInt8] {
    guard let description = elementType.npyDescription else {
      throw FileError(.unsupported, path: path, "expected a type that NumPy has, found \(elementType.name)")
    }
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '\(description)', 'fortran_order': False, 'shape': (\(sizes)), }"
    if let first = shape.first { text += String(repeating: " ", count: 21 - String(first).utf8.count) }
    let unpadded = Self.magic.count + 4 + text.utf8.count + 1
    text += String(repeating: " ", count: 64 - unpadded % 64) + "\n"
    let length = UInt16(text.utf8.count)
    return Self.magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
  }
}
