extension Tensor: Equatable {
  /// The same shape, and scalars that are all `==`: 0 equals -0, and NaN equals nothing.
  public static func == (a: Tensor, b: Tensor) -> Bool {
    guard a.shape == b.shape else { return false }
    for i in 0..<a.count where a.storage.base[i] != b.storage.base[i] { return false }
    return true
  }

  /// The same shape and the same bits: -0 is not 0, and NaN equals NaN of the same pattern.
  public func isBitwiseEqual(to other: Tensor) -> Bool {
    guard shape == other.shape else { return false }
    let a = UnsafeRawBufferPointer(storage.buffer)
    let b = UnsafeRawBufferPointer(other.storage.buffer)
    let words = a.count / 8
    for i in 0..<words
    where a.load(fromByteOffset: 8 * i, as: UInt64.self) != b.load(fromByteOffset: 8 * i, as: UInt64.self) {
      return false
    }
    for i in 8 * words..<a.count where a[i] != b[i] { return false }
    return true
  }
}
