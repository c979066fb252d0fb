/// What is asked of a draw: how many, from which distribution, with which random numbers.
struct Sampling {
  let count: Int
  let temperature: Double
  /// nil where it restricts nothing.
  let topK: Int?
  let topP: Double?
  let generator: CounterGenerator

  /// What the logits are multiplied by.
  var slope: Double { 1 / temperature }

  /// - Throws: `SoftmaxError` (`argument`).
  init(
    count: Int, temperature: Double, topK: Int?, topP: Double?, generator: CounterGenerator, nClasses: Int
  ) throws(SoftmaxError) {
    guard count >= 0 else {
      throw SoftmaxError(.argument, "count should be the number of draws for each row, found \(count)")
    }
    guard temperature >= 1e-6, temperature <= 1e6 else {
      throw SoftmaxError(
        .argument,
        "temperature should be between 1e-6 and 1e6, found \(temperature); 1 draws from the head's own distribution, and "
          + "predict gives the most probable class")
    }
    guard topK.map({ $0 >= 1 }) ?? true else {
      throw SoftmaxError(.argument, "topK should be at least 1, found \(topK!); leave it out to draw from all classes")
    }
    guard topP.map({ $0 > 0 && $0 <= 1 }) ?? true else {
      throw SoftmaxError(
        .argument, "topP should be a probability above 0 and at most 1, found \(topP!); leave it out to draw from all classes")
    }
    self.count = count
    self.temperature = temperature
    self.topK = topK.flatMap { $0 < nClasses ? $0 : nil }
    self.topP = topP.flatMap { $0 < 1 ? $0 : nil }
    self.generator = generator
  }
}

/// The entry of a distribution, given by masses that need not add up to 1, at the share `u` in 0 ..< 1 of their sum: the
/// masses are added in order. `place` is how far within the entry, in 0 ..< 1; nil where the masses are no distribution.
func pick(_ masses: UnsafeBufferPointer<Double>, at u: Double) -> (entry: Int, place: Double)? {
  var total = 0.0
  for mass in masses { total += mass }
  guard total > 0, total.isFinite else { return nil }
  let target = u * total
  var sum = 0.0
  var last = (entry: 0, place: 0.0)
  for (entry, mass) in masses.enumerated() where mass > 0 {
    let place = (target - sum) / mass
    last = (entry, min(max(place, 0), 1 - 0x1p-53))
    sum += mass
    if sum > target { break }
  }
  return last
}
