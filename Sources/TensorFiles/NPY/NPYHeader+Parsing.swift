internal import AdaptiveSoftmax

extension NPYHeader {
  /// Reads the header's text: a Python dict literal of exactly `descr`, `fortran_order` and `shape`, in any order.
  ///
  /// Single and double quotes, spaces and Python 2's `3L` are understood; expressions, `1_0`, hexadecimal numbers, repeated
  /// and unknown keys are not.
  init(parsing text: [UInt8], override: ElementType?, path: String) throws(FileError) {
    var parser = Parser(text: text, path: path)
    var description: String?
    var isFortranOrder: Bool?
    var shape: [Int]?
    try parser.expect("{")
    while !parser.skip("}") {
      let key = try parser.string()
      try parser.expect(":")
      switch key {
      case "descr" where description == nil: description = try parser.description()
      case "fortran_order" where isFortranOrder == nil: isFortranOrder = try parser.boolean()
      case "shape" where shape == nil: shape = try parser.tuple()
      case "descr", "fortran_order", "shape": throw parser.error("each key once", "\(key.quoted) again")
      default: throw parser.error("the keys 'descr', 'fortran_order' and 'shape'", key.quoted)
      }
      if parser.skip("}") { break }
      try parser.expect(",")
    }
    try parser.expectEnd()
    guard let description, let isFortranOrder, let shape else {
      let absent = description == nil ? "descr" : isFortranOrder == nil ? "fortran_order" : "shape"
      throw FileError(
        .malformed, path: path, "header: expected the keys 'descr', 'fortran_order' and 'shape', found no '\(absent)'")
    }
    try self.init(
      description: description, isFortranOrder: isFortranOrder, shape: shape, override: override, path: path)
  }

  /// A reader of the few Python literals that a header is made of.
  private struct Parser {
    let text: [UInt8]
    let path: String
    var position = 0

    func error(_ expected: String, _ found: String) -> FileError {
      FileError(.malformed, path: path, "header: expected \(expected), found \(found)")
    }

    /// What stands at the position, for errors.
    var rest: String {
      guard position < text.count else { return "its end" }
      let end = text[position...].prefix(24).firstIndex(of: UInt8(ascii: "\n")) ?? min(position + 24, text.count)
      return String(decoding: text[position..<max(end, position + 1)], as: UTF8.self).quoted
    }

    mutating func skipSpace() {
      while position < text.count, [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains(text[position]) { position += 1 }
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
      skipSpace()
      guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
      position += 1
      return true
    }

    mutating func expect(_ character: Unicode.Scalar) throws(FileError) {
      guard skip(character) else { throw error("'\(character)'", rest) }
    }

    mutating func expectEnd() throws(FileError) {
      skipSpace()
      guard position == text.count else { throw error("nothing after the closing brace", rest) }
    }

    mutating func string() throws(FileError) -> String {
      skipSpace()
      guard position < text.count, text[position] == UInt8(ascii: "'") || text[position] == UInt8(ascii: "\"") else {
        throw error("a string", rest)
      }
      let start = position + 1
      guard let end = text[start...].firstIndex(of: text[position]) else { throw error("the end of a string", rest) }
      let contents = text[start..<end]
      guard contents.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else {
        throw error("a string of plain characters", rest)
      }
      position = end + 1
      return String(decoding: contents, as: UTF8.self)
    }

    mutating func description() throws(FileError) -> String {
      skipSpace()
      guard position < text.count, text[position] != UInt8(ascii: "[") else {
        throw FileError(.unsupported, path: path, "expected an array of numbers, found a structured dtype")
      }
      return try string()
    }

    mutating func boolean() throws(FileError) -> Bool {
      skipSpace()
      for (word, value) in [("True", true), ("False", false)] where text[position...].starts(with: word.utf8) {
        position += word.utf8.count
        return value
      }
      throw error("'fortran_order' to be True or False", rest)
    }

    mutating func tuple() throws(FileError) -> [Int] {
      guard skip("(") else { throw error("'shape' to be a tuple of integers", rest) }
      var sizes: [Int] = []
      while !skip(")") {
        sizes.append(try integer())
        if skip(",") { continue }
        guard sizes.count != 1 else { throw error("',' after the only size of a tuple", rest) }
        try expect(")")
        break
      }
      return sizes
    }

    mutating func integer() throws(FileError) -> Int {
      skipSpace()
      let start = position
      var value = 0
      while position < text.count, case let digit = Int(text[position]) - 0x30, 0...9 ~= digit {
        let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
        let (next, carry) = tens.addingReportingOverflow(digit)
        position += 1
        guard !overflow, !carry else {
          position = start
          throw error("sizes that an Int can hold", rest)
        }
        value = next
      }
      guard position > start, position == start + 1 || text[start] != UInt8(ascii: "0") else {
        position = start
        throw error("a size, a number of 0 or more", rest)
      }
      if position < text.count, text[position] == UInt8(ascii: "L") { position += 1 }
      return value
    }
  }
}
