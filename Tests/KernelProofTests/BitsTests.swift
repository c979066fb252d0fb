import KernelProof
import Testing

/// A row's bits do not depend on threads, batch, order, layout, alignment, instruction set or machine.
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
            if case .failure(let difference) = digest(seed: 1 + first, count: Int(chunk)) { return difference.text }
          }
          return nil
        }
      }
      for await difference in group { #expect(difference == nil) }
    }
  }

  /// The results of the first cases have not changed since they were recorded, wherever that was.
  ///
  /// When a release is to give other bits, its `JobIdentity.arithmetic` is raised, and what `make bits COUNT=4000 SEED=1`
  /// prints is recorded here.
  @Test func sameBitsAsRecorded() throws {
    #expect(try digest(seed: 1, count: 4_000).get() == 0x34fe_8f89_d7be_c123)
  }
}

private struct Difference: Error {
  let text: String
}

/// The digest of the cases seed ..< seed + count, or what differs first in them.
private func digest(seed: UInt64, count: Int) -> Result<UInt64, Difference> {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 600) { message in
    var digest: UInt64 = 0
    return proof_bits(seed, count, &digest, message.baseAddress, message.count)
      ? .success(digest) : .failure(Difference(text: String(cString: message.baseAddress!)))
  }
}
