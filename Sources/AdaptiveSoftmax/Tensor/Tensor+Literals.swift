/// Scalars, and arrays of them nested to any depth.
///
/// The set is closed: do not conform types of your own.
public protocol TensorNesting<Scalar> {
  /// The scalars, in the innermost arrays.
  associatedtype Scalar: TensorScalar
  /// How deep the arrays are nested; 0 for a scalar.
  static var _depth: Int { get }
  /// Appends the scalars in row-major order, and checks every nested array against the sizes found before it.
  func _flatten(into scalars: inout [Scalar], shape: inout [Int], at depth: Int) throws(SoftmaxError)
}

extension TensorScalar {
  public static var _depth: Int { 0 }
  public func _flatten(into scalars: inout [Self], shape: inout [Int], at depth: Int) throws(SoftmaxError) {
    scalars.append(self)
  }
}

extension Array: TensorNesting where Element: TensorNesting {
  public typealias Scalar = Element.Scalar
  public static var _depth: Int { Element._depth + 1 }
  public func _flatten(into scalars: inout [Scalar], shape: inout [Int], at depth: Int) throws(SoftmaxError) {
    if shape[depth] < 0 { shape[depth] = count }
    guard shape[depth] == count else {
      throw SoftmaxError(
        .shape, "expected \(shape[depth]) elements at dimension \(depth) of every nested array, but got \(count)")
    }
    for element in self { try element._flatten(into: &scalars, shape: &shape, at: depth + 1) }
  }
}

extension Tensor {
  /// A tensor of rank 2: `Tensor<Float>([[1, 2], [3, 4]])`.
  ///
  /// - Throws: `SoftmaxError` (`shape`: rows that differ in length; `memory`).
  @_disfavoredOverload
  public init(_ rows: [[Scalar]]) throws(SoftmaxError) { try self.init(nested: rows) }

  /// A tensor of rank 3.
  ///
  /// - Throws: `SoftmaxError` (`shape`: arrays at one depth that differ in length; `memory`).
  @_disfavoredOverload
  public init(_ nested: [[[Scalar]]]) throws(SoftmaxError) { try self.init(nested: nested) }

  /// A tensor of rank 4.
  ///
  /// - Throws: `SoftmaxError` (`shape`: arrays at one depth that differ in length; `memory`).
  @_disfavoredOverload
  public init(_ nested: [[[[Scalar]]]]) throws(SoftmaxError) { try self.init(nested: nested) }

  /// A tensor whose rank is the depth of the nested arrays, whatever it is. (Literals are found by the overloads above up
  /// to rank 4; deeper ones need their type: `[1, 2] as [Float]`.)
  ///
  /// - Throws: `SoftmaxError` (`shape`: arrays at one depth that differ in length; `memory`).
  @_disfavoredOverload
  public init<Nested: TensorNesting>(_ nested: [Nested]) throws(SoftmaxError) where Nested.Scalar == Scalar {
    try self.init(nested: nested)
  }

  private init<Nested: TensorNesting>(nested: Nested) throws(SoftmaxError) where Nested.Scalar == Scalar {
    var scalars: [Scalar] = []
    var shape = [Int](repeating: -1, count: Nested._depth)
    try nested._flatten(into: &scalars, shape: &shape, at: 0)
    try self.init(shape: shape.map { max($0, 0) }, scalars: scalars)
  }
}
