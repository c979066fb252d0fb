/// The time of one pass over a linear layer on one machine: rows [rows, depth] through weights [classes, depth], with the
/// log-sum-exp and the target's logit of every row.
///
///     t(rows, classes, depth)        seconds
///
/// Fitted to measured passes on a grid: the median of each point, linear between the points along each axis. So it keeps
/// what makes the time more than a count of operations: few rows wait for the weights to come through memory, a narrow
/// depth for the exponentials, few classes for the team and for the rows to be packed. Beyond the grid the time is
/// proportional to the rows (row blocks are alike) and goes on along the last slope in classes and depth.
///
/// Weights and rows are measured as they come from memory: a head that stays in a cache between calls of a few rows is
/// quicker than this says.
///
/// A call of an adaptive head takes some time beside its layers (checks, grouping by tail, the loss): `callSeconds` and, for
/// each row, `rowSeconds`.
public struct LinearCostModel: Sendable, Equatable {
  /// One measured pass; with no classes and no depth, what a call of `rows` rows takes beside its layers.
  public struct Sample: Sendable, Equatable {
    /// The sizes of the pass: rows [rows, depth] through weights [classes, depth].
    public var rows, classes, depth: Int
    /// What it took, in seconds.
    public var seconds: Double

    /// A pass of these sizes and the seconds that it took.
    public init(rows: Int, classes: Int, depth: Int, seconds: Double) {
      self.rows = rows
      self.classes = classes
      self.depth = depth
      self.seconds = seconds
    }
  }

  /// The grid: increasing numbers of rows, classes and depth.
  public let rows, classes, depths: [Int]
  /// What a call takes beside its layers, in seconds, and what each of its rows adds; 0 when it was not measured.
  public let callSeconds, rowSeconds: Double
  /// [rows][classes][depths], in seconds.
  let seconds: [Double]

  /// One sample for each point of the grid, and two of calls beside their layers: fitting them gives the same model.
  public var samples: [Sample] {
    var samples: [Sample] = []
    for row in rows {
      for count in classes {
        for depth in depths {
          samples.append(Sample(rows: row, classes: count, depth: depth, seconds: seconds[samples.count]))
        }
      }
    }
    for rows in [1, 4096] where callSeconds + rowSeconds > 0 {
      samples.append(Sample(rows: rows, classes: 0, depth: 0, seconds: callSeconds + Double(rows) * rowSeconds))
    }
    return samples
  }

  /// Fits a model to samples in any order; of several at one point the median counts.
  ///
  /// - Throws: `SoftmaxError` (`argument`: a sample that is not positive, fewer than two different numbers of rows,
  ///   classes or depths, a combination of them without a sample).
  /// - Complexity: O(samples log samples).
  public init(fitting samples: [Sample]) throws(SoftmaxError) {
    let besides = samples.filter { $0.classes == 0 && $0.depth == 0 }
    let samples = samples.filter { $0.classes != 0 || $0.depth != 0 }
    func isMeasured(_ sample: Sample) -> Bool { sample.rows > 0 && sample.seconds > 0 && sample.seconds.isFinite }
    if let wrong = (samples + besides).first(where: { !isMeasured($0) })
      ?? samples.first(where: { $0.classes < 1 || $0.depth < 1 })
    {
      throw SoftmaxError(
        .argument,
        "expected positive rows, classes, depth and seconds, found \(wrong.rows), \(wrong.classes), \(wrong.depth) and "
          + "\(wrong.seconds)")
    }
    let rows = Set(samples.map(\.rows)).sorted()
    let classes = Set(samples.map(\.classes)).sorted()
    let depths = Set(samples.map(\.depth)).sorted()
    guard rows.count > 1, classes.count > 1, depths.count > 1 else {
      throw SoftmaxError(
        .argument,
        "expected passes of at least two numbers of rows, of classes and of depth, found rows \(rows), classes "
          + "\(classes), depths \(depths)")
    }
    let measured = Dictionary(grouping: samples) { [$0.rows, $0.classes, $0.depth] }
    var seconds: [Double] = []
    for row in rows {
      for count in classes {
        for depth in depths {
          guard let times = measured[[row, count, depth]]?.map(\.seconds) else {
            throw SoftmaxError(
              .argument, "expected a pass of \(row) rows, \(count) classes, depth \(depth), found none; measure it too")
          }
          seconds.append(Self.median(times))
        }
      }
    }
    self.rows = rows
    self.classes = classes
    self.depths = depths
    self.seconds = seconds
    (callSeconds, rowSeconds) = Self.call(besides)
  }

  /// The line through the medians of the smallest and the largest calls; through 0 when all are of one size.
  private static func call(_ samples: [Sample]) -> (seconds: Double, rowSeconds: Double) {
    guard let least = samples.map(\.rows).min(), let most = samples.map(\.rows).max() else { return (0, 0) }
    let small = median(samples.filter { $0.rows == least }.map(\.seconds))
    let large = median(samples.filter { $0.rows == most }.map(\.seconds))
    guard least < most else { return (0, large / Double(most)) }
    let perRow = min(max(0, (large - small) / Double(most - least)), small / Double(least))
    return (small - perRow * Double(least), perRow)
  }

  /// The middle one, or the mean of the two in the middle; there must be some.
  package static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  /// The expected seconds of one pass; 0 for no rows.
  ///
  /// Classes count in whole panels of 32, as they are packed. Any sizes will do: far beyond the grid it is a guess, and
  /// never a trap.
  ///
  /// - Complexity: O(log of the grid).
  public func seconds(rows: Double, classes: Int, depth: Int) -> Double {
    Self.interpolate(nodes(rows: rows, depth: depth), self.classes, Self.padded(classes))
  }

  /// The same for each number of classes of the grid.
  func nodes(rows count: Double, depth: Int) -> [Double] {
    guard count > 0 else { return [Double](repeating: 0, count: classes.count) }
    let last = Double(rows[rows.count - 1])
    let (row, rowShare) = Self.place(rows, min(max(count, Double(rows[0])), last))
    let (column, depthShare) = Self.place(depths, Double(depth))
    return classes.indices.map { c in
      func at(_ row: Int) -> Double {
        let index = (row * classes.count + c) * depths.count + column
        return max(0, seconds[index] + depthShare * (seconds[index + 1] - seconds[index]))
      }
      let time = at(row) + rowShare * (at(row + 1) - at(row))
      return count > last ? time * (count / last) : time
    }
  }

  /// The whole panels that hold `classes` classes, in classes.
  static func padded(_ classes: Int) -> Double {
    let panel = Double(PackedLinear.panelClasses)
    return (Double(classes) / panel).rounded(.up) * panel
  }

  /// The value at `x` of the line through the two nodes around it; never less than at the first node.
  static func interpolate(_ values: [Double], _ axis: [Int], _ x: Double) -> Double {
    let (index, share) = place(axis, max(x, Double(axis[0])))
    return values[index] + share
      * (share > 1 ? max(0, values[index + 1] - values[index]) : values[index + 1] - values[index])
  }

  /// The node before `x` and where between it and the next `x` lies: beyond 0...1 for an `x` beyond the axis.
  private static func place(_ axis: [Int], _ x: Double) -> (index: Int, share: Double) {
    var index = 0
    while index < axis.count - 2, Double(axis[index + 1]) <= x { index += 1 }
    let from = Double(axis[index])
    return (index, (x - from) / (Double(axis[index + 1]) - from))
  }
}
