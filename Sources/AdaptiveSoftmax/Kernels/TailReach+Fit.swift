extension TailReach {
  /// Fits the bound to the classes of a tail's last layer; nil where it is not worth it or a weight is not finite.
  ///
  /// - Throws: `SoftmaxError` (`argument`, `memory`, `variant`).
  /// - Complexity: O(classes features^2), in Double.
  static func fit(_ layer: PackedLinear, threads: Int = 0) throws(SoftmaxError) -> TailReach? {
    guard (1...features).contains(layer.depth), layer.classes >= leastClasses else { return nil }
    let cloud = try ClassCloud(layer, threads: threads)
    let count = layer.classes / (16 * PackedLinear.panelClasses) * PackedLinear.panelClasses
    guard let axes = cloud.axes() else { return nil }
    let far = cloud.distances(to: cloud.mean(leavingOut: []), axes)
    let outliers = far.indices.sorted { far[$0] > far[$1] || (far[$0] == far[$1] && $0 < $1) }.prefix(count).sorted()
    let mean = cloud.mean(leavingOut: outliers)
    var distances = cloud.distances(to: mean, axes)
    let all = distances.max() ?? 0
    for c in outliers { distances[c] = 0 }

    // Column j of the axes is row 1 + j of the layer; the last coordinate is the bias's.
    let size = cloud.size
    let rows = [mean] + (0..<size).map { j in (0..<size).map { k in k < j ? 0 : axes[k * size + j] } }
    return TailReach(
      axes: try pack(rows, like: layer), outliers: try pack(outliers.map(cloud.point), like: layer),
      others: layer.classes - count, radius: (all, distances.max() ?? 0), norm: cloud.longest)
  }

  /// A layer with these classes, each its weights and, where `layer` has one, its bias.
  private static func pack(_ points: [[Double]], like layer: PackedLinear) throws(SoftmaxError) -> PackedLinear {
    let weight = Tensor(points.flatMap { $0.prefix(layer.depth) })
    let bias = Tensor(layer.hasBias ? points.map { $0[layer.depth] } : [])
    defer { withExtendedLifetime((weight, bias)) {} }
    return try PackedLinear(
      weight: UnsafeRawBufferPointer(weight.storage.buffer),
      bias: layer.hasBias ? UnsafeRawBufferPointer(bias.storage.buffer) : nil, from: .float64, classes: points.count,
      depth: layer.depth, computingIn: layer.type)
  }
}

/// The classes of a layer as points, (weight, bias), in Double.
private struct ClassCloud {
  let count: Int
  /// The coordinates of a point.
  let size: Int
  /// The length of the longest point; not finite where a coordinate is not.
  let longest: Double
  private let points: [Double]

  init(_ layer: PackedLinear, threads: Int) throws(SoftmaxError) {
    let weight = try layer.unpackWeight(as: Double.self, threads: threads).scalars
    let bias = try layer.unpackBias(as: Double.self)?.scalars
    count = layer.classes
    size = layer.depth + (bias == nil ? 0 : 1)
    var points = weight
    if let bias {
      points = []
      points.reserveCapacity(count * size)
      for c in 0..<count {
        points += weight[c * layer.depth..<(c + 1) * layer.depth]
        points.append(bias[c])
      }
    }
    self.points = points
    var most = 0.0
    for c in 0..<count {
      var squares = 0.0
      for k in 0..<size { squares += points[c * size + k] * points[c * size + k] }
      if !(squares <= most) { most = most.isFinite ? squares : most }
    }
    longest = most.squareRoot()
  }

  func point(_ c: Int) -> [Double] { Array(points[c * size..<(c + 1) * size]) }

  /// The mean of all points but those listed.
  func mean(leavingOut listed: [Int]) -> [Double] {
    var sum = [Double](repeating: 0, count: size)
    for c in 0..<count { for k in 0..<size { sum[k] += points[c * size + k] } }
    for c in listed { for k in 0..<size { sum[k] -= points[c * size + k] } }
    return sum.map { $0 / Double(count - listed.count) }
  }

  /// The Cholesky factor of the covariance, lower triangle, [size, size]; nil where the points are not finite or coincide.
  ///
  /// A small multiple of the unit matrix is added, so that points in a subspace have a factor too: the bound holds for
  /// any axes.
  func axes() -> [Double]? {
    guard longest.isFinite else { return nil }
    let mean = mean(leavingOut: [])
    var a = [Double](repeating: 0, count: size * size)
    var point = mean
    for c in 0..<count {
      for k in 0..<size { point[k] = points[c * size + k] - mean[k] }
      for k in 0..<size { for l in 0...k { a[k * size + l] += point[k] * point[l] } }
    }
    let trace = (0..<size).reduce(0) { $0 + a[$1 * size + $1] } / Double(count)
    guard trace.isNormal else { return nil }
    for k in 0..<size { for l in 0...k { a[k * size + l] /= Double(count) } }
    for k in 0..<size { a[k * size + k] += 1e-6 * trace }
    for k in 0..<size {
      for l in 0...k {
        var sum = a[k * size + l]
        for m in 0..<l { sum -= a[k * size + m] * a[l * size + m] }
        a[k * size + l] = l == k ? sum.squareRoot() : sum / a[l * size + l]
      }
    }
    return a
  }

  /// |A^-1 (point - mean)| of each point, A the axes.
  func distances(to mean: [Double], _ axes: [Double]) -> [Double] {
    var y = mean
    return (0..<count).map { c in
      var squares = 0.0
      for k in 0..<size {
        var sum = points[c * size + k] - mean[k]
        for m in 0..<k { sum -= axes[k * size + m] * y[m] }
        y[k] = sum / axes[k * size + k]
        squares += y[k] * y[k]
      }
      return squares.squareRoot()
    }
  }
}
