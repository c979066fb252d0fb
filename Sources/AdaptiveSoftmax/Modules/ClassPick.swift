/// A draw on its way to its class: the group of classes it fell into, and how far within that, in 0 ..< 1.
struct ClassPick: BitwiseCopyable {
  /// Where in the output it goes.
  let draw: Int
  /// The row of the pass that finds the class.
  let row: Int
  var group: Int
  var place: Double
}
