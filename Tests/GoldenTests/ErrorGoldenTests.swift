import AdaptiveSoftmax
import Testing

@Suite struct ErrorGoldenTests {
  /// What PyTorch refuses, and how we answer.
  private enum Answer {
    /// A call that must be refused with PyTorch's text inside ours, or accepted where PyTorch accepts.
    case like(() throws -> Void)
    /// A call that is refused with a text of our own.
    case differs(String, containing: [String], () throws -> Void)
    /// A call that PyTorch refuses and that works here.
    case works(String, () throws -> Void)
    /// A call that cannot be written in Swift.
    case doesNotCompile(String)
  }

  @Test func refusals() throws {
    let cases = try Golden.cases(of: "error")
    var comparison = Comparison("error")
    var differences: [String] = []
    for golden in cases {
      let name = "\(golden.id) (\(golden.what ?? "") \(golden.args?.map(\.values) ?? []))"
      switch try answer(to: golden) {
      case nil: comparison.fail("\(name): no test answers it")
      case .like(let call):
        let text = refusal(of: call)
        let wanted = golden.error.map { inOurWords($0.message) }
        let agrees = if let text, let wanted { text.contains(wanted) } else { text == nil && wanted == nil }
        if !agrees { comparison.fail("\(name): expected \(wanted ?? "an answer"), found \(text ?? "an answer")") }
      case .differs(let why, let parts, let call):
        differences.append("\(name): \(why)")
        let text = refusal(of: call) ?? ""
        for part in parts where !text.contains(part) {
          comparison.fail("\(name): expected \"\(part)\", found \"\(text)\"")
        }
      case .works(let why, let call):
        differences.append("\(name): \(why)")
        if let text = refusal(of: call) { comparison.fail("\(name): expected an answer, found \(text)") }
      case .doesNotCompile(let why): differences.append("\(name): \(why)")
      }
    }
    print("golden error: \(cases.count - differences.count) as PyTorch, \(differences.count) differ on purpose:")
    for difference in differences { print("  \(difference)") }
    comparison.report(cases: cases)
  }

  /// PyTorch's text without the name of a Python type and without the blank that some texts end in.
  private func inOurWords(_ message: String) -> String {
    let text = message.replacing("torch.Size([", with: "[").replacing("])", with: "]")
    return String(text.reversed().drop { $0 == " " }.reversed())
  }

  private func refusal(of call: () throws -> Void) -> String? {
    do {
      try call()
      return nil
    } catch {
      return "\(error)"
    }
  }

  private func expectShape<Scalar>(_ shape: [Int], of tensor: Tensor<Scalar>) { #expect(tensor.shape == shape) }

  private func answer(to golden: GoldenCase) throws -> Answer? {
    if golden.what == "constructor", let arguments = golden.args?.map(\.values), arguments.count == 3 {
      let cutoffs = arguments[2].compactMap(Int.init(exactly:))
      guard cutoffs.count == arguments[2].count else { return .doesNotCompile("cutoffs are Ints") }
      return .like {
        _ = try AdaptiveHeadLayout(
          inFeatures: Int(arguments[0][0]), nClasses: Int(arguments[1][0]), cutoffs: cutoffs, allowZeroWidthTails: true)
      }
    }
    return try adaptive(golden.what ?? "") ?? functional(golden.what ?? "")
  }

  private func adaptive(_ what: String) throws -> Answer? {
    var generator = SeededGenerator(seed: 1)
    let module = try AdaptiveLogSoftmaxWithLoss(
      inFeatures: 6, nClasses: 10, cutoffs: [3, 6], allowZeroWidthTails: true, using: &generator, dtype: Float.self)
    func zeros(_ shape: Int...) throws -> Tensor<Float> { try .zeros(shape) }
    func targets(_ shape: [Int], _ scalars: [Int64]) throws -> Tensor<Int64> {
      try Tensor(shape: shape, scalars: scalars)
    }
    let anyRank = "inputs of any rank [..., inFeatures] with targets [...]"
    switch what {
    case "target too large": return .like { _ = try module(zeros(2, 6), targets([2], [0, 10])) }
    case "target negative": return .like { _ = try module(zeros(2, 6), targets([2], [0, -1])) }
    case "batch mismatch": return .like { _ = try module(zeros(2, 6), targets([3], [0, 1, 2])) }
    case "target 0-D for 2-D input":
      return .like { _ = try module(zeros(2, 6), targets([], [1])) }
    case "target 1-D for 1-D input": return .like { _ = try module(zeros(6), targets([1], [1])) }
    case "target 2-D":
      return .differs(anyRank, containing: ["2D target tensor expects 3D input tensors"]) {
        _ = try module(zeros(2, 6), targets([2, 1], [0, 0]))
      }
    case "wrong feature count":
      return .differs("names the module's features", containing: ["6", "[2, 5]"]) {
        _ = try module(zeros(2, 5), targets([2], [0, 1]))
      }
    case "empty batch forward":
      return .like {
        let (output, loss) = try module(zeros(0, 6), targets([0], []))
        #expect(output.shape == [0] && loss.scalars[0].isNaN)
      }
    case "empty batch log_prob": return .like { try expectShape([0, 10], of: module.logProb(zeros(0, 6))) }
    case "empty batch predict": return .like { try expectShape([0], of: module.predict(zeros(0, 6))) }
    case "1-D log_prob": return .works(anyRank) { try expectShape([10], of: module.logProb(zeros(6))) }
    case "1-D predict": return .works(anyRank) { try expectShape([], of: module.predict(zeros(6))) }
    case "3-D input":
      return .works(anyRank) { try expectShape([1, 2], of: module(zeros(1, 2, 6), targets([1, 2], [0, 0])).output) }
    default: return nil
    }
  }

  private func functional(_ what: String) throws -> Answer? {
    let x = try Tensor<Float>.zeros([2, 3])
    let targets = Tensor<Int64>([0, 1])
    switch what {
    case "softmax dim out of range": return .like { _ = try softmax(x, dim: 2) }
    case "softmax dim -3": return .like { _ = try softmax(x, dim: -3) }
    case "softmax rank 0 dim 1": return .like { _ = try softmax(Tensor<Float>(scalar: 1), dim: 1) }
    case "Softmax2d rank 2": return .like { _ = try Softmax2d()(x) }
    case "Softmax2d rank 5": return .like { _ = try Softmax2d()(Tensor<Float>.zeros([1, 1, 1, 2, 3])) }
    case "cross_entropy target out of range": return .like { _ = try crossEntropy(x, Tensor<Int64>([0, 3])) }
    case "nll_loss target negative not ignored": return .like { _ = try nllLoss(x, Tensor<Int64>([0, -1])) }
    case "label_smoothing 1.5": return .like { _ = try crossEntropy(x, targets, labelSmoothing: 1.5) }
    case "weight of wrong length": return .like { _ = try crossEntropy(x, targets, weight: .ones([4])) }
    default: return nil
    }
  }
}
