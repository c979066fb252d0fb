import Foundation

extension BadInput {
  /// An array replaced by other bytes: bad data, and the error names the file.
  private static func array(
    _ name: String, running arguments: [String] = BadInput.score, _ file: String, _ mention: String,
    _ contents: @autoclosure @escaping @Sendable () -> Data
  ) -> BadInput {
    BadInput(name, running: arguments, 65, file, mention) { try $0.write(contents(), file) }
  }

  private static let softmax = ["softmax", "--dim", "-1", "x.npy", "-o", "out.npy"]

  /// Arrays that are not what they should be, or lie about themselves.
  static let arrays: [BadInput] = [
    array("hidden a number", "hidden.npy", "found []", Fixture.floats([1], "()")),
    array("hidden rank 1", "hidden.npy", "found [24]", Fixture.floats([Float](repeating: 0, count: 24), "(24,)")),
    array(
      "hidden rank 3", "hidden.npy", "found [6, 2, 2]", Fixture.floats([Float](repeating: 0, count: 24), "(6, 2, 2)")),
    array(
      "hidden too narrow", "hidden.npy", "expected 4 features",
      Fixture.floats([Float](repeating: 0, count: 18), "(6, 3)")),
    array("hidden integers", "hidden.npy", "found int64", Fixture.integers([Int64](repeating: 0, count: 24), "(6, 4)")),
    array("hidden has a NaN", "hidden.npy", "row 3: not finite", hidden(14, .nan)),
    array(
      "hidden has a number beyond float32", "hidden.npy", "row 2: expected numbers that float32 can hold, found 1e+300",
      Fixture.npy(
        descr: "'<f8'", shape: "(6, 4)", data: Fixture.bytes((0..<24).map { $0 == 9 ? 1e300 : Double($0) }))),
    array("hidden has an infinity", running: predict, "hidden.npy", "row 5: not finite", hidden(23, -.infinity)),
    array("hidden has a NaN, log-prob", running: logProb, "hidden.npy", "row 0: not finite", hidden(0, .nan)),
    array(
      "hidden has a NaN, into a new folder", running: logProb.dropLast() + ["out/"], "hidden.npy", "row 4: not finite",
      hidden(17, .nan)),
    array("hidden overflows the logits", "hidden.npy", "row 1: expected logits", huge(row: 1)),
    array(
      "hidden overflows the logits, log-prob", running: logProb, "hidden.npy", "row 2: expected logits", huge(row: 2)),
    array(
      "hidden overflows the logits, predict", running: predict, "hidden.npy", "row 3: expected logits", huge(row: 3)),
    array(
      "targets beyond the classes", "targets.npy", "row 2: expected a class in [0, 9], found 10",
      targets([0, 1, 10, 0, 0, 0])),
    array(
      "targets negative", "targets.npy", "row 5: expected a class in [0, 9], found -1", targets([0, 1, 2, 0, 0, -1])),
    array(
      "targets beyond the classes, predict", running: predict + ["--target", "targets.npy"], "targets.npy", "row 0",
      targets([99, 1, 2, 0, 0, 1])),
    array("targets floats", "targets.npy", "found float32", Fixture.floats([0, 1, 2, 3, 4, 5], "(6,)")),
    array(
      "targets booleans", "targets.npy", "found bool", Fixture.npy(descr: "'|b1'", shape: "(6,)", data: Data(count: 6))),
    array(
      "targets beyond Int64", "targets.npy", "row 1",
      Fixture.npy(descr: "'<u8'", shape: "(6,)", data: Fixture.bytes([0, UInt64.max, 0, 0, 0, 0]))),
    array("targets rank 2", "targets.npy", "found [2, 3]", Fixture.integers([0, 1, 2, 3, 4, 5], "(2, 3)")),
    array("fewer targets than rows", "targets.npy", "expected 6 targets", targets([0, 1, 2, 3, 4])),
    array("more targets than rows", "targets.npy", "found 7", targets([0, 1, 2, 3, 4, 5, 6])),
    array("an empty file", "hidden.npy", "expected a .npy file", Data()),
    array("a text file", "hidden.npy", "expected a .npy file", Data("0.1 0.2\n".utf8)),
    array("cut off in the magic", "hidden.npy", "hidden.npy", good.prefix(7)),
    array("cut off in the header", "hidden.npy", "header", good.prefix(40)),
    array(
      "cut off in the data", "hidden.npy",
      "expected 96 bytes of data ([6, 4] float32), found 95; the file is cut off: copy or write it again",
      good.dropLast(1)),
    array(
      "format version 4", "hidden.npy", "4.0", Fixture.npy(header: header("(6, 4)"), data: Data(count: 96), major: 4)),
    array("a header of 4 GB", "hidden.npy", "header", Data([0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255])),
    array("a negative size", "hidden.npy", "hidden.npy", Fixture.npy(shape: "(-6, 4)", data: Data(count: 96))),
    array(
      "a size beyond Int", "hidden.npy", "hidden.npy",
      Fixture.npy(shape: "(99999999999999999999, 4)", data: Data(count: 96))),
    array(
      "a product beyond Int", "hidden.npy", "hidden.npy",
      Fixture.npy(shape: "(4611686018427387904, 4)", data: Data(count: 96))),
    array("more rows than bytes", "hidden.npy", "96", Fixture.npy(shape: "(1000000000000, 4)", data: Data(count: 96))),
    array("a shape that is a list", "hidden.npy", "hidden.npy", Fixture.npy(shape: "[6, 4]", data: Data(count: 96))),
    array(
      "an unknown key", "hidden.npy", "hidden.npy",
      Fixture.npy(header: "{'descr': '<f4', 'fortran_order': False, 'shape': (6, 4), 'x': 1}", data: Data(count: 96))),
    array(
      "a key twice", "hidden.npy", "hidden.npy",
      Fixture.npy(
        header: "{'descr': '<f4', 'shape': (6, 4), 'fortran_order': False, 'shape': (4, 6)}", data: Data(count: 96))),
    array(
      "a key missing", "hidden.npy", "hidden.npy",
      Fixture.npy(header: "{'descr': '<f4', 'shape': (6, 4), }", data: Data(count: 96))),
    array(
      "fortran_order a number", "hidden.npy", "hidden.npy",
      Fixture.npy(fortran: "0", shape: "(6, 4)", data: Data(count: 96))),
    array("a pickle", "hidden.npy", "hidden.npy", Fixture.npy(descr: "'|O'", shape: "(6, 4)", data: Data(count: 96))),
    array(
      "complex numbers", "hidden.npy", "hidden.npy",
      Fixture.npy(descr: "'<c8'", shape: "(6, 4)", data: Data(count: 192))),
    array(
      "a record type", "hidden.npy", "hidden.npy",
      Fixture.npy(descr: "[('a', '<f4')]", shape: "(6, 4)", data: Data(count: 96))),
    array(
      "softmax of integers", running: softmax, "x.npy", "found int64", Fixture.integers([1, 2, 3, 4, 5, 6], "(2, 3)")),
    array(
      "softmax of long doubles", running: softmax, "x.npy",
      "expected float16, float32 or float64, found '<f16'; convert the array",
      Fixture.npy(descr: "'<f16'", shape: "(2, 3)", data: Data(count: 96))),
    array(
      "softmax of complex numbers", running: softmax, "x.npy",
      "expected float16, float32 or float64, found '<c8'; convert the array",
      Fixture.npy(descr: "'<c8'", shape: "(2, 3)", data: Data(count: 48))),
    array(
      "softmax of objects", running: softmax, "x.npy", "found '|O': a pickle, which is never loaded; convert the array",
      Fixture.npy(descr: "'|O'", shape: "(2, 3)", data: Data(count: 48))),
    array(
      "logsumexp of long doubles", running: ["logsumexp"] + softmax.dropFirst(), "x.npy",
      "expected floats or integers of at most 64 bits, found '<f16'; convert the array",
      Fixture.npy(descr: "'<f16'", shape: "(2, 3)", data: Data(count: 96))),
    array(
      "hidden long doubles", "hidden.npy", "expected hidden states as float16, float32 or float64, found '<f16'",
      Fixture.npy(descr: "'<f16'", shape: "(6, 4)", data: Data(count: 384))),
    array(
      "softmax of a cut-off file", running: softmax, "x.npy", "24 bytes", Fixture.floats([1, 2, 3, 4, 5], "(2, 3)")),
    BadInput(
      "softmax2d of a matrix", running: ["softmax2d", "x.npy", "-o", "out.npy"], 65, "x.npy", "3D or 4D, got 2D"),
  ]

  private static let good = hidden(0, 0)
  private static func header(_ shape: String) -> String {
    "{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }"
  }
  private static func targets(_ classes: [Int64]) -> Data { Fixture.integers(classes, "(\(classes.count),)") }

  private static func hidden(_ index: Int, _ value: Float) -> Data {
    var values = (0..<24).map { Float($0 % 7) - 3 }
    values[index] = value
    return Fixture.floats(values, "(6, 4)")
  }

  /// Finite numbers whose products with the head's weights are beyond Float.
  private static func huge(row: Int) -> Data {
    var values = [Float](repeating: 1, count: 24)
    for i in 0..<4 { values[4 * row + i] = i % 2 == 0 ? 3.4e38 : -3.4e38 }
    return Fixture.floats(values, "(6, 4)")
  }
}
