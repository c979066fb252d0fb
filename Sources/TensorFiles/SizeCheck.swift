/// Products of sizes that come from a file or a caller, never believed before they are checked.
package enum SizeCheck {
  /// The number of elements of a shape; nil for a negative size, and where the sizes other than 0 have a product beyond Int.
  package static func count(of shape: [Int]) -> Int? {
    var product = 1
    for size in shape where size != 0 {
      guard size > 0 else { return nil }
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      guard !overflow else { return nil }
      product = next
    }
    return shape.contains(0) ? 0 : product
  }

  /// The sum of sizes, or Int.max where it is more: views of a .pt file may have more elements than there is memory.
  package static func sum(_ sizes: [Int]) -> Int {
    sizes.reduce(0) { sum, size in
      let (next, overflow) = sum.addingReportingOverflow(size)
      return overflow ? .max : next
    }
  }

  /// The number of bytes of a shape; nil where the number of bits, of the sizes other than 0, is beyond Int.
  static func bytes(_ shape: [Int], _ type: ElementType) -> Int? {
    count(of: shape + [type.bitWidth]).map { $0 / 8 }
  }
}
