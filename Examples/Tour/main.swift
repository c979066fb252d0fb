// PyTorch's five softmax modules, one after the other, on seeded random input.
import AdaptiveSoftmax

var generator = SeededGenerator(seed: 7)

func show(_ title: String, _ value: Any) { print("\(title)\n\(value)\n") }

func showRefusal(_ title: String, of call: () throws -> Void) {
  do {
    try call()
    show(title, "is accepted")
  } catch { show(title, "error: \(error)") }
}

let x = try Tensor<Float>.randn([2, 3], using: &generator)
show("x = randn(2, 3)", x)

// Softmin: the smallest number gets the largest share.
let softmin = Softmin(dim: 1)
show("\(softmin): exp(-x) / sum of exp(-x), each row sums to 1", try softmin(x))

let softmax = Softmax(dim: 1)
show("\(softmax): exp(x) / sum of exp(x)", try softmax(x))

// Softmax2d: over the channels of an image, so that the channels of each pixel sum to 1.
let image = try Tensor<Float>.randn([2, 3, 12, 13], using: &generator)
let softmax2d = Softmax2d()
let channels = try softmax2d(image)
let pixel = (0..<3).map { channels[0, $0, 5, 5] }
show(
  "\(softmax2d) of randn(2, 3, 12, 13)",
  "shape \(channels.shape), channels of pixel (5, 5): \(pixel), sum \(pixel.reduce(0, +))")

// LogSoftmax: the logarithm of Softmax, computed without taking the logarithm of a rounded number.
let logSoftmax = LogSoftmax(dim: 1)
show("\(logSoftmax)", try logSoftmax(x))

// AdaptiveLogSoftmaxWithLoss: many classes, most of them rare. 1000 of them, 10 features.
showRefusal("cutoffs [10, 100, 1000] with 1000 classes") {
  _ = try AdaptiveLogSoftmaxWithLoss(
    inFeatures: 10, nClasses: 1000, cutoffs: [10, 100, 1000], using: &generator, dtype: Float.self)
}
showRefusal("cutoffs [10, 100] with the default divValue, 4") {
  _ = try AdaptiveLogSoftmaxWithLoss(
    inFeatures: 10, nClasses: 1000, cutoffs: [10, 100], using: &generator, dtype: Float.self)
}
let adaptive = try AdaptiveLogSoftmaxWithLoss(
  inFeatures: 10, nClasses: 1000, cutoffs: [10, 100], divValue: 3, using: &generator, dtype: Float.self)
show("cutoffs [10, 100] with divValue 3", adaptive)

let hidden = try Tensor<Float>.randn([2, 10], using: &generator)
let target = try Tensor<Int64>.randint(0..<1000, [2], using: &generator)
let (output, loss) = try adaptive(hidden, target)
show("target", target)
show("output: the log-probability of each target", output)
show("loss: its negative mean", loss)
show("logProb: all classes of each row", try adaptive.logProb(hidden))
show("predict: the best class of each row", try adaptive.predict(hidden))
