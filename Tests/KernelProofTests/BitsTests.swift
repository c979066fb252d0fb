import KernelProof
import Testing

/// A row's bits do not depend on threads, batch, order, layout, alignment or instruction set.
///
/// Two tasks at once, as two callers of the library would. `make bits` runs more cases, or one again by its seed.
@Suite struct BitsTests {
  @Test func sameBitsEverywhere() async {
    #if DEBUG
      let cases: UInt64 = 4_000
    #else
      let cases: UInt64 = 100_000
    #endif
    let chunk: UInt64 = 1_000
    await withTaskGroup(of: String?.self) { group in
      for half: UInt64 in 0..<2 {
        group.addTask {
          for first in stride(from: half * chunk, to: cases, by: 2 * Int(chunk)) {
            if let difference = firstDifference(seed: 1 + first, count: Int(chunk)) { return difference }
          }
          return nil
        }
      }
      for await difference in group { #expect(difference == nil) }
    }
  }
}

/// What differs first in the cases seed ..< seed + count; nil when nothing does.
private func firstDifference(seed: UInt64, count: Int) -> String? {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 600) { message in
    proof_bits(seed, count, message.baseAddress, message.count) ? nil : String(cString: message.baseAddress!)
  }
}
