internal import KernelProof
import Foundation

/// `prove bits [COUNT [SEED]]`: random cases until one differs.
@main struct Prove {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    switch arguments.first {
    case "bits":
      let numbers = arguments.dropFirst().map { UInt64($0) }
      guard !numbers.contains(nil) else { usage() }
      bits(
        count: (numbers.first ?? nil) ?? 1_000_000,
        seed: (numbers.dropFirst().first ?? nil) ?? UInt64.random(in: 0..<1 << 48))
    default: usage()
    }
  }

  static func bits(count: UInt64, seed: UInt64) {
    print("\(count) cases from seed \(seed)")
    var message = [CChar](repeating: 0, count: 600)
    for done in stride(from: 0, to: count, by: 10_000) {
      guard proof_bits(seed &+ done, Int(min(10_000, count - done)), &message, message.count) else {
        print(String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
        exit(1)
      }
    }
    print("the same bits in every case")
  }

  static func usage() -> Never {
    print("usage: prove bits [COUNT [SEED]]")
    exit(64)
  }
}
