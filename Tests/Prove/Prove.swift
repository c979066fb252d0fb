internal import Foundation
internal import KernelProof
internal import Synchronization

/// `prove bits [COUNT [SEED]]` tries random cases; `prove accuracy` measures worst errors by operation and range.
@main struct Prove {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    let numbers = arguments.dropFirst().compactMap { UInt64($0) }
    switch (arguments.first, numbers.count, arguments.count) {
    case ("bits", 0, 1), ("bits", 1, 2), ("bits", 2, 3):
      bits(
        count: numbers.first ?? 1_000_000, seed: numbers.count > 1 ? numbers[1] : UInt64.random(in: 0..<1 << 48))
    case ("accuracy", 0, 1): accuracy()
    default:
      print("usage: prove bits [COUNT [SEED]] | prove accuracy")
      exit(64)
    }
  }

  /// The cases seed ..< seed + count, in pieces on all processors; ends the process at the first difference.
  ///
  /// The digest is that of the same cases on any machine.
  static func bits(count: UInt64, seed: UInt64) {
    print("\(count) cases from seed \(seed)")
    let piece: UInt64 = 1000
    let digest = Mutex<UInt64>(0)
    DispatchQueue.concurrentPerform(iterations: Int((count + piece - 1) / piece)) { index in
      let done = UInt64(index) * piece
      var message = [CChar](repeating: 0, count: 600)
      var sum: UInt64 = 0
      if !proof_bits(seed &+ done, Int(min(piece, count - done)), &sum, &message, message.count) {
        print(text(message))
        exit(1)
      }
      digest.withLock { $0 &+= sum }
    }
    let digits = String(digest.withLock { $0 }, radix: 16)
    print("the same bits in every case; their digest: \(String(repeating: "0", count: 16 - digits.count))\(digits)")
  }

  /// Prints the table; the exit code is 1 when a bound does not hold.
  static func accuracy() {
    guard let accuracy = proof_accuracy_create() else { exit(71) }
    nonisolated(unsafe) let shared = accuracy
    DispatchQueue.concurrentPerform(iterations: proof_accuracy_jobs()) { proof_accuracy_run(shared, $0, 1) }
    print("ULP; slices of 16, 1000, 50,000 and 1,000,000 elements side by side")
    var line = [CChar](repeating: 0, count: 400)
    var (row, within, failures) = (0, false, 0)
    while proof_accuracy_line(accuracy, row, &line, line.count, &within) {
      print(text(line) + (within ? "" : "  EXCEEDED"))
      row += 1
      failures += within ? 0 : 1
    }
    exit(failures == 0 ? 0 : 1)
  }

  static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
