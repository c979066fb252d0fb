import AdaptiveSoftmax
import Testing

@Suite struct BFloat16Tests {
  @Test func comparesAsFloatDoes() {
    let values: [BFloat16] = [BFloat16(.nan), BFloat16(-.infinity), -1, BFloat16(-0.0), 0, 1, BFloat16(.infinity)]
    for a in values {
      for b in values {
        #expect((a < b) == (a.float < b.float))
        #expect((a > b) == (a.float > b.float))
        #expect((a <= b) == (a.float <= b.float))
        #expect((a >= b) == (a.float >= b.float))
        #expect((a == b) == (a.float == b.float))
      }
    }
  }
}
