/// Lends class ids as Int64 to `body`, and how many of them are not `ignoreIndex`.
///
/// All others were found in `0 ..< classes` before. Nothing is copied when they are 64 bits wide.
///
/// - Throws: `SoftmaxError` (`target`) naming the first other one and where it is.
func withClassTargets<Index: IndexTensorScalar, Result>(
  _ target: Tensor<Index>, classes: Int, ignoreIndex: Int,
  _ body: (_ ids: UnsafeBufferPointer<Int64>, _ counted: Int) throws(SoftmaxError) -> Result
) throws(SoftmaxError) -> Result {
  try target.withUnsafeBufferPointer { (buffer) throws(SoftmaxError) in
    if Index.self == Int64.self || Index.self == Int.self {
      let ids = UnsafeRawBufferPointer(buffer).assumingMemoryBound(to: Int64.self)
      return try body(ids, try countTargets(ids, shape: target.shape, classes: classes, ignoreIndex: ignoreIndex))
    }
    return try withScratch(of: Int64.self, count: buffer.count) { (scratch) throws(SoftmaxError) in
      for (i, id) in buffer.enumerated() {
        guard let wide = Int64(exactly: id) else {
          throw outOfBounds(id, at: i, shape: target.shape, classes, ignoreIndex)
        }
        scratch.initializeElement(at: i, to: wide)
      }
      let ids = UnsafeBufferPointer(scratch)
      return try body(ids, try countTargets(ids, shape: target.shape, classes: classes, ignoreIndex: ignoreIndex))
    }
  }
}

/// How many targets are not ignored.
private func countTargets(_ ids: UnsafeBufferPointer<Int64>, shape: [Int], classes: Int, ignoreIndex: Int)
  throws(SoftmaxError) -> Int
{
  let classes64 = UInt64(classes)
  let ignored = Int64(ignoreIndex)
  var counted = 0
  for (i, id) in ids.enumerated() where id != ignored {
    guard UInt64(bitPattern: id) < classes64 else { throw outOfBounds(id, at: i, shape: shape, classes, ignoreIndex) }
    counted += 1
  }
  return counted
}

private func outOfBounds(
  _ id: some IndexTensorScalar, at position: Int, shape: [Int], _ classes: Int, _ ignoreIndex: Int
) -> SoftmaxError {
  var rest = position
  var place: [Int] = []
  for size in shape.reversed() {
    place.insert(rest % size, at: 0)
    rest /= size
  }
  let expected = classes > 0 ? "a class in [0, \(classes - 1)] or" : "no class, of which there are none, but"
  return SoftmaxError(
    .target,
    "Target \(id) is out of bounds. Expected \(expected) ignoreIndex \(ignoreIndex), found it at index \(place)")
}
