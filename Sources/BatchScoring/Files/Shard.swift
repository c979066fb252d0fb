/// One of several machines' parts of a job: part `index` of `count`, counted from 1.
public struct Shard: Sendable, Equatable, CustomStringConvertible {
  /// Which part, from 1.
  public let index: Int
  /// Of how many.
  public let count: Int

  /// The most parts of a job.
  public static let mostParts = 1_000_000

  /// nil unless 1 <= index <= count <= `mostParts`.
  public init?(index: Int, count: Int) {
    guard 1 <= index, index <= count, count <= Self.mostParts else { return nil }
    self.index = index
    self.count = count
  }

  /// Reads `2/4`.
  public init?(_ text: String) {
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let index = numbers[0], let count = numbers[1] else { return nil }
    self.init(index: index, count: count)
  }

  /// As the tool writes it: `2/4`.
  public var description: String { "\(index)/\(count)" }

  /// The rows of this part: the parts differ by at most one row and follow one another.
  public func rows(of rows: Range<Int>) -> Range<Int> {
    // Modulo 2^64, in which every range has a length.
    let (first, end) = (UInt(bitPattern: rows.lowerBound), UInt(bitPattern: rows.upperBound))
    func bound(_ i: Int) -> Int {
      let product = (end &- first).multipliedFullWidth(by: UInt(i))
      return Int(bitPattern: first &+ UInt(count).dividingFullWidth(product).quotient)
    }
    return bound(index - 1)..<bound(index)
  }

  /// `2-of-4`, for names of files.
  var name: String { "\(index)-of-\(count)" }
}
