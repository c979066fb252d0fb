/// What no class of a tail exceeds, for each row and tail: log p(tail) at first, and lower where a bound proves it.
///
/// A tail whose limit is below what a row asks for holds nothing for it.
struct TailLimits<Scalar: ComputingScalar> {
  /// [rows, tails].
  let values: UnsafeMutablePointer<Scalar>
  private let clusters: UnsafePointer<Scalar>
  private let tails: [AdaptiveLogSoftmaxWithLoss<Scalar>.Tail]
  private let order: UnsafeMutablePointer<Int>
  private let index: UnsafeMutablePointer<Int>

  /// - Parameter clusters: [rows, tails], log p(tail).
  init(
    _ clusters: UnsafePointer<Scalar>, rows: Int, of tails: [AdaptiveLogSoftmaxWithLoss<Scalar>.Tail],
    _ scratch: CallScratch
  ) throws(SoftmaxError) {
    self.clusters = clusters
    self.tails = tails
    values = try scratch.take(Scalar.self, rows * tails.count)
    order = try scratch.take(Int.self, rows)
    index = try scratch.take(Int.self, rows)
    values.update(from: clusters, count: rows * tails.count)
  }

  /// Lowers the limits of those of `count` rows that need them lowered: by the quick bound, then by the sharp one.
  ///
  /// - Parameters:
  ///   - list: the place of each row in `rows`; nil for 0, 1, 2, ...
  ///   - needs: whether a row has a use for a tail with this limit; the rows are numbered as in `values`.
  func lower(
    _ count: Int, of rows: AdaptiveRows<Scalar>, list: UnsafePointer<Int>? = nil,
    projected: UnsafeMutablePointer<Scalar>, _ scratch: CallScratch,
    where needs: (_ row: Int, _ tail: Int, _ limit: Scalar) -> Bool
  ) throws(SoftmaxError) {
    guard tails.contains(where: { $0.reach != nil }) else { return }
    let room = try TailReach.Room<Scalar>(rows: count, scratch)
    for (tail, layers) in tails.enumerated() {
      guard let reach = layers.reach else { continue }
      for sharply in [false, true] {
        var chosen = 0
        for row in 0..<count where needs(row, tail, values[row * tails.count + tail]) {
          room.base[chosen] = clusters[row * tails.count + tail]
          order[chosen] = row
          index[chosen] = list?[row] ?? row
          chosen += 1
        }
        guard chosen > 0 else { break }
        let job = try rows.job(layers, UnsafeBufferPointer(start: index, count: chosen), projected: projected)
        try reach.limit(job, sharply: sharply, room, threads: rows.threads)
        for i in 0..<chosen { values[order[i] * tails.count + tail] = room.limit[i] }
      }
    }
  }
}
