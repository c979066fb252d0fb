/// Products of sizes that come from a file or a caller, never believed before they are checked.
enum SizeCheck {
  /// The number of elements of a shape; nil for a negative size, and where the sizes other than 0 have a product beyond Int.
  static func count(of shape: [Int]) -> Int? {
    var product = 1
    for size in shape where size != 0 {
      guard size > 0 else { return nil }
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      guard !overflow else { return nil }
      product = next
    }
    return shape.contains(0) ? 0 : product
  }

  /// The number of bytes of a shape; nil where the sizes other than 0 have a product beyond Int.
  static func bytes(_ shape: [Int], _ type: ElementType) -> Int? {
    guard count(of: shape.filter { $0 != 0 } + [type.bitWidth]) != nil, let count = count(of: shape) else { return nil }
    return count * type.bitWidth / 8
  }
}
