/// A string that equals another only byte for byte; Swift's own comparison takes canonical equivalents for the same.
struct ExactString: Hashable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (a: ExactString, b: ExactString) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
