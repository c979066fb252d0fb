import AdaptiveSoftmax
import Testing

@testable import TensorFiles

struct NameSetTests {
  @Test func takesEachNameOnce() {
    var names = NameSet()
    #expect(names.insert("a") == nil && names.insert("b") == nil && names.insert("") == nil)
    #expect(names.insert("a") == "'a' again")
    #expect(names.count == 3)
  }

  @Test func refusesOtherSpellingsOfOneName() {
    for (first, second) in [("\u{e9}.w", "e\u{301}.w"), ("e\u{301}.w", "\u{e9}.w"), ("\u{212b}", "\u{c5}")] {
      var names = NameSet()
      #expect(names.insert(first) == nil)
      #expect(
        names.insert(second)
          == "\(second.quoted) again, differing only in how accents are written; rename one of the two")
    }
  }
}
