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
        .argument,
        "topP should be a probability above 0 and at most 1, found \(topP!); leave it out to draw from all classes")
    }
    self.count = count
    self.temperature = temperature
    self.topK = topK.flatMap { $0 < nClasses ? $0 : nil }
    self.topP = topP.flatMap { $0 < 1 ? $0 : nil }
    self.generator = generator
  }
}
