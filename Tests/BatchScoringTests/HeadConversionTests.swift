import AdaptiveSoftmax
import Foundation
import TensorFiles
import Testing

@testable import BatchScoring

/// A checkpoint of Tests/Fixtures/conversion, whose log-probabilities its generator computed in float64.
struct Checkpoint: Sendable, CustomTestStringConvertible {
  let file: String
  let format: HeadFormat
  /// What the prefix must be found to be.
  var prefix = ""
  var tailFeatures = [6, 3]
  var headBias = false
  var tailBias = false
  var naturalType = ElementType.float32

  var testDescription: String { file }
  var path: String { Self.folder + file }
  private var name: String { file.hasSuffix(".pt") ? String(file.dropLast(3)) : file }
  var hiddenPath: String { Self.folder + name + ".hidden.npy" }

  private static let folder =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/conversion/").path + "/"

  func hidden() throws -> Tensor<Double> { try Tensor<Double>(npy: hiddenPath) }

  func logProb() throws -> Tensor<Double> { try Tensor<Double>(npy: Self.folder + name + ".logprob.npy") }

  static let all = [
    Checkpoint(file: "pytorch.pt", format: .pytorch, headBias: true),
    Checkpoint(file: "nested.pt", format: .pytorch, prefix: "model.decoder.adaptive_softmax.", headBias: true),
    Checkpoint(file: "strided.pt", format: .pytorch, headBias: true),
    Checkpoint(file: "f16.pt", format: .pytorch, naturalType: .float16),
    Checkpoint(file: "bf16.pt", format: .pytorch, naturalType: .bfloat16),
    Checkpoint(file: "f64.pt", format: .pytorch, naturalType: .float64),
    Checkpoint(file: "tail_bias.pt", format: .pytorch, tailFeatures: [5, 3], headBias: true, tailBias: true),
    Checkpoint(file: "fairseq.pt", format: .fairseq(tiedProjections: nil), prefix: "adaptive_softmax."),
    Checkpoint(file: "fairseq.safetensors", format: .fairseq(tiedProjections: nil)),
    Checkpoint(file: "fairseq_tied.pt", format: .fairseq(tiedProjections: nil), prefix: "adaptive_softmax."),
    Checkpoint(file: "fairseq_tied_word.pt", format: .fairseq(tiedProjections: nil)),
    Checkpoint(file: "fairseq_square.pt", format: .fairseq(tiedProjections: true), tailFeatures: [12, 3]),
    Checkpoint(
      file: "txl_original.pt", format: .transformerXL(order: .original, cutoffs: nil), prefix: "crit.",
      tailFeatures: [4, 2], headBias: true, tailBias: true),
    Checkpoint(
      file: "txl_huggingface.pt", format: .transformerXL(order: .huggingface, cutoffs: [9, 20]), prefix: "crit.",
      tailFeatures: [4, 2], headBias: true, tailBias: true),
    Checkpoint(
      file: "txl_same_width.pt", format: .transformerXL(order: .original, cutoffs: nil), prefix: "crit.",
      headBias: true, tailBias: true),
    Checkpoint(
      file: "txl_div1.pt", format: .transformerXL(order: .original, cutoffs: [9, 20]), prefix: "crit.",
      tailFeatures: [12, 12], headBias: true, tailBias: true),
    Checkpoint(
      file: "txl_div1_projected.pt", format: .transformerXL(order: .huggingface, cutoffs: [9, 20]), prefix: "crit.",
      tailFeatures: [8, 8], headBias: true, tailBias: true),
  ]

  static func named(_ file: String) -> Checkpoint { all.first { $0.file == file }! }

  func conversion() throws -> HeadConversion { try HeadConversion(path, from: format) }
}

@Suite struct HeadConversionTests {
  @Test(arguments: Checkpoint.all)
  func layoutIsFound(_ checkpoint: Checkpoint) throws {
    let conversion = try checkpoint.conversion()
    #expect(conversion.prefix == checkpoint.prefix)
    #expect(conversion.layout.inFeatures == 12)
    #expect(conversion.layout.cutoffs == [9, 20, 37])
    #expect(conversion.layout.tailFeatures == checkpoint.tailFeatures)
    #expect(conversion.layout.headBias == checkpoint.headBias)
    #expect(conversion.layout.tailBias == checkpoint.tailBias)
    #expect(conversion.naturalType == checkpoint.naturalType)
  }

  /// In Double nothing is rounded on the way; the log-probabilities are a dozen, so 1e-13 is some 50 units in the last place.
  @Test(arguments: Checkpoint.all)
  func logProbabilitiesAreTheOriginals(_ checkpoint: Checkpoint) throws {
    let weights = try checkpoint.conversion().stateDict(as: Double.self)
    let head = try AdaptiveLogSoftmaxWithLoss(stateDict: weights)
    #expect(try largestDifference(head.logProb(checkpoint.hidden()), checkpoint.logProb()) < 1e-13)
  }

  /// Written in each type and read back: the files hold the weights rounded once, and the error is that of the rounding.
  @Test(arguments: Checkpoint.all, [ElementType.float32, .float16, .bfloat16, .float64])
  func writtenHeadsScoreAlike(_ checkpoint: Checkpoint, type: ElementType) throws {
    let files = try Files(rows: 1)
    let conversion = try checkpoint.conversion()
    let bytes = try conversion.write(files.path("out.safetensors"), dtype: type)
    let file = try SafetensorsFile(path: files.path("out.safetensors"))
    #expect(file.entries.allSatisfy { $0.elementType == type })
    #expect(file.entries.reduce(0) { $0 + $1.byteRange.count } == bytes)
    let exact = try conversion.stateDict(as: Double.self)
    let names = exact.map(\.name)
    #expect(names == conversion.layout.weightShapes.map(\.name))
    for (name, tensor) in exact {
      let wide = try file.tensor(name, as: Double.self)
      #expect(wide.shape == tensor.shape)
      let rounded = tensor.withUnsafeBufferPointer { $0.map { Self.round($0, to: type) } }
      #expect(wide.withUnsafeBufferPointer { Array($0) } == rounded, "\(name)")
    }
    let head = try HeadFile(path: files.path("out.safetensors"), io: .auto).load(threads: 1)
    let hidden = try Tensor<Float>(npy: checkpoint.hiddenPath)
    let logProb = try head.logProb(hidden)
    let wide = try Tensor<Double>(shape: logProb.shape) { output in
      logProb.withUnsafeBufferPointer { for i in output.indices { output[i] = Double($0[i]) } }
    }
    let bound = type == .bfloat16 ? 0.1 : type == .float16 ? 0.02 : 1e-5
    #expect(try largestDifference(wide, checkpoint.logProb()) < bound)
  }

  private static func round(_ value: Double, to type: ElementType) -> Double {
    switch type {
    case .float16: Double(Float16(value))
    case .bfloat16: BFloat16(converting: value).asDouble
    case .float32: Double(Float(value))
    default: value
    }
  }

  private func largestDifference(_ a: Tensor<Double>, _ b: Tensor<Double>) throws -> Double {
    #expect(a.shape == b.shape)
    return a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } }
    }
  }

  /// The two codes read one file differently: the wrong order moves the tails' probabilities.
  @Test func clusterOrderMatters() throws {
    let checkpoint = Checkpoint.named("txl_original.pt")
    let other = try HeadConversion(checkpoint.path, from: .transformerXL(order: .huggingface, cutoffs: nil))
    let head = try AdaptiveLogSoftmaxWithLoss(stateDict: other.stateDict(as: Double.self))
    #expect(try largestDifference(head.logProb(checkpoint.hidden()), checkpoint.logProb()) > 0.1)
  }

  /// A head with biases on its tails is a head like any other: it loads, prints, scores and round-trips.
  @Test func tailBiasesRoundTrip() throws {
    let checkpoint = Checkpoint.named("tail_bias.pt")
    let weights = try checkpoint.conversion().stateDict(as: Float.self)
    let head = try AdaptiveLogSoftmaxWithLoss(stateDict: weights)
    let again = try head.stateDict()
    #expect(again.map(\.name) == weights.map(\.name))
    #expect(again.map(\.name).contains("tail.1.1.bias"))
    for (name, tensor) in weights { #expect(again[name] == tensor) }
    #expect(head.description.contains("(1): Linear(in_features=5, out_features=11, bias=True)"))
    let hidden = try Tensor<Float>(npy: checkpoint.hiddenPath)
    let logProb = try head.logProb(hidden)
    for target in 0..<37 {
      let (output, _) = try head(hidden, Tensor<Int64>([Int64](repeating: Int64(target), count: 6)))
      for row in 0..<6 { #expect(output[row] == logProb[row, target]) }
    }
    let best = try head.predict(hidden)
    for row in 0..<6 { #expect((0..<37).allSatisfy { logProb[row, $0] <= logProb[row, Int(best[row])] }) }
  }

  @Test func costIsThatOfTheRounding() throws {
    let files = try Files(rows: 1)
    let checkpoint = Checkpoint.named("pytorch.pt")
    let targets = Tensor<Int64>([0, 8, 9, 19, 20, 36])
    try targets.save(npy: files.path("y.npy"))
    let sample = ConvertJob.Sample(hidden: checkpoint.hiddenPath, target: files.path("y.npy"))
    let logProb = try checkpoint.logProb()
    let loss = -(0..<6).reduce(0.0) { $0 + logProb[$1, Int(targets[$1])] } / 6
    var last = 0.0
    for type in [ElementType.float32, .float16, .bfloat16] {
      let job = try ConvertJob(
        checkpoint.conversion(), output: files.path("\(type).safetensors"), dtype: type, sample: sample)
      let cost = try #require(try job.run().cost)
      #expect(cost.rows == 6)
      #expect(abs(cost.lossBefore - loss) < 1e-13)
      #expect(abs(cost.lossAfter - loss) <= cost.largestDifference)
      #expect(cost.largestDifference > last && cost.largestDifference < 0.1)
      last = cost.largestDifference
    }
  }

  static let refusals: [(file: String, format: HeadFormat, prefix: String?, says: String)] = [
    (
      "fairseq.pt", .pytorch, nil,
      "expected a pytorch head (head.weight, tail.0.1.weight) under some prefix, found 'adaptive_softmax.version'"
    ),
    ("pytorch.pt", .fairseq(tiedProjections: nil), nil, "expected a fairseq head"),
    ("pytorch.pt", .transformerXL(order: .original, cutoffs: nil), nil, "expected a transformer-xl head"),
    ("pytorch.pt", .pytorch, "decoder.", "Missing key(s) in state_dict: \"decoder.head.weight\""),
    (
      "fairseq_square.pt", .fairseq(tiedProjections: nil), nil,
      "tensor 'tail.0.0.weight': expected to be told which way a square projection [12, 12] stands"
    ),
    (
      "fairseq_tied.pt", .fairseq(tiedProjections: false), nil,
      "tensor 'adaptive_softmax.tail.0.0.weight': expected shape [6, 12], found [12, 6]"
    ),
    (
      "txl_div1.pt", .transformerXL(order: .original, cutoffs: nil), nil,
      "tensor 'crit.out_layers.0.weight': expected to be told where the 3 clusters of its 37 classes end"
    ),
    (
      "txl_div1.pt", .transformerXL(order: .original, cutoffs: [20, 9]), nil,
      "expected 2 increasing cutoffs in 1...36, found [20, 9]"
    ),
    (
      "txl_div1.pt", .transformerXL(order: .original, cutoffs: [9]), nil,
      "expected 2 increasing cutoffs in 1...36, found [9]"
    ),
    (
      "txl_original.pt", .transformerXL(order: .original, cutoffs: [9, 21]), nil,
      "expected layers that end at the cutoffs [9, 21], found others"
    ),
  ]

  @Test(arguments: refusals.indices)
  func isRefused(index: Int) throws {
    let (file, format, prefix, says) = Self.refusals[index]
    let path = Checkpoint.named(file).path
    do throws(ScoringError) {
      _ = try HeadConversion(path, from: format, prefix: prefix)
      Issue.record("expected a refusal")
    } catch {
      #expect(error.kind == .data)
      #expect(error.description.hasPrefix("\(path): ") && error.description.contains(says), "\(error)")
    }
  }

  /// What a head of one layer has not is refused too, not dropped.
  @Test(arguments: ["crit.out_layers.2.weight", "crit.out_layers.0.extra", "crit.out_projs.7"])
  func layersThatBelongToNoClusterAreRefused(_ name: String) throws {
    let files = try Files(rows: 1)
    let file = try TorchFile(path: Checkpoint.named("txl_div1.pt").path)
    var tensors = try file.entries.map { ($0.name, AnyTensorData(try file.tensor($0.name, as: Float.self))) }
    let path = files.path("txl.safetensors")
    let format = HeadFormat.transformerXL(order: .original, cutoffs: [9, 20])
    try Safetensors.write(tensors, to: path)
    _ = try HeadConversion(path, from: format)
    tensors.append((name, AnyTensorData(try Tensor<Float>.zeros([3]))))
    try Safetensors.write(tensors, to: path, overwrite: true)
    expectRefusal(.data, "tensor '\(name)': expected only the tensors of a transformer-xl head") {
      _ = try HeadConversion(path, from: format)
    }
  }

  @Test func twoHeadsNeedAPrefix() throws {
    let files = try Files(rows: 1)
    let weights = try Checkpoint.named("fairseq.safetensors").conversion()
    let file = try SafetensorsFile(path: weights.file.path)
    var tensors: [(name: String, tensor: AnyTensorData)] = []
    for prefix in ["a.", "b."] {
      for entry in file.entries where entry.elementType == .float32 {
        tensors.append((prefix + entry.name, AnyTensorData(try file.tensor(entry.name, as: Float.self))))
      }
    }
    tensors.append(("a.tail.0.2.bias", AnyTensorData(try Tensor<Float>.zeros([11]))))
    try Safetensors.write(tensors, to: files.path("two.safetensors"))
    func refusal(_ prefix: String?) -> String? {
      do throws(ScoringError) {
        _ = try HeadConversion(files.path("two.safetensors"), from: weights.format, prefix: prefix)
        return nil
      } catch {
        return error.description
      }
    }
    #expect(refusal(nil)?.contains("found several; choose a prefix among 'a.', 'b.'") == true)
    #expect(refusal("b.") == nil)
    #expect(refusal("a.")?.contains("tensor 'a.tail.0.2.bias': expected only the tensors of a fairseq head") == true)
  }
}
