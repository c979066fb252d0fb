// A program of somebody else's: it depends on a released version of the package and imports its libraries.
// The first line says what ran; the others are the bits of every answer, which must not depend on it.
import AdaptiveSoftmax
import TensorFiles

let folder = CommandLine.arguments[1]
print("threads \(Runtime.teamSize()) runtime \(Runtime.openMP) variant \(Runtime.variant ?? "none")")

/// Prints a fingerprint of the shape and of every bit.
func show<Scalar>(_ name: String, _ tensor: Tensor<Scalar>) {
  var fingerprint: UInt64 = 0xCBF2_9CE4_8422_2325
  tensor.withUnsafeBufferPointer { buffer in
    for byte in UnsafeRawBufferPointer(buffer) { fingerprint = (fingerprint ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }
  print(name, tensor.shape, String(fingerprint, radix: 16))
}

var generator = SeededGenerator(seed: 1)
let x = try Tensor<Float>.randn([37, 501], using: &generator)
let image = try Tensor<Float>.randn([2, 5, 12, 13], using: &generator)
let hidden = try Tensor<Float>.randn([37, 32], using: &generator)
let target = try Tensor<Int64>.randint(0..<501, [37], using: &generator)

show("softmax", try softmax(x, dim: 1))
show("softmax over columns", try softmax(x, dim: 0))
show("softmin", try softmin(x, dim: -1))
show("logSoftmax", try logSoftmax(x, dim: 1))
show("logSumExp", try logSumExp(x, dims: [0, 1]))
show("nllLoss", try nllLoss(logSoftmax(x, dim: 1), target))
show("crossEntropy", try crossEntropy(x, target, labelSmoothing: 0.1))
show("crossEntropy of probabilities", try crossEntropy(x, softmax(x, dim: 1)))

show("\(Softmax(dim: 1))", try Softmax(dim: 1)(x))
show("\(Softmin(dim: 1))", try Softmin(dim: 1)(x))
show("\(Softmax2d())", try Softmax2d()(image))
show("\(LogSoftmax(dim: 1))", try LogSoftmax(dim: 1)(x))
show("NLLLoss", try NLLLoss<Float>(reduction: .sum)(logSoftmax(x, dim: 1), target))
show("CrossEntropyLoss", try CrossEntropyLoss<Float>(reduction: .none)(x, target))

let weight = try Tensor<Float>.randn([501, 32], using: &generator)
show("linearLogSumExp", try linearLogSumExp(hidden, weight))
show("linearCrossEntropy", try linearCrossEntropy(hidden, weight, target))
show("LinearCrossEntropyLoss", try LinearCrossEntropyLoss<Float>(linear: LinearWeights(weight))(hidden, target))
let plain = try LinearHead(weight: weight, softcap: 30)
show("LinearHead", try plain(hidden, target).output)
show("LinearHead.logSumExp", try plain.logSumExp(hidden))
show("LinearHead.sample", try plain.sample(hidden, count: 3, using: CounterGenerator(seed: 1)))

let head = try AdaptiveLogSoftmaxWithLoss(
  inFeatures: 32, nClasses: 501, cutoffs: [20, 100], using: &generator, dtype: Float.self)
let (output, loss) = try head(hidden, target)
show("adaptive output", output)
show("adaptive loss", loss)
show("adaptive logProb", try head.logProb(hidden))
show("adaptive predict", try head.predict(hidden))
show("adaptive topK", try head.topK(hidden, k: 3).ids)
show("adaptive rank", try head.rank(hidden, of: target))
show("adaptive logProb of classes", try head.logProb(hidden, classes: head.topK(hidden, k: 3).ids))
show("adaptive clusterLogProb", try head.clusterLogProb(hidden))
show("adaptive entropy", try head.entropy(hidden))

try x.save(npy: folder + "/x.npy", overwrite: true)
show(".npy", try Tensor<Float>(npy: folder + "/x.npy"))
let state = try head.stateDict().map { ($0.name, AnyTensorData($0.tensor)) }
try Safetensors.write(state, to: folder + "/head.safetensors", overwrite: true)
let file = try SafetensorsFile(path: folder + "/head.safetensors")
show(".safetensors", try file.tensor("tail.1.1.weight", as: Float.self))
show("a head from a file", try AdaptiveLogSoftmaxWithLoss<Float>(weights: FileWeights(file)).logProb(hidden))
