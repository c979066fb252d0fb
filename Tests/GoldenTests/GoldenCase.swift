/// The manifest: README.md in the folder of the vectors describes it.
struct GoldenManifest: Decodable {
  let file: String
  let cases: [GoldenCase]
}

/// One case; which fields are there depends on `op`.
///
/// Tensors are named by their key in the file of vectors.
struct GoldenCase: Decodable, Sendable {
  let id: String
  let op: String
  let group: String?
  let dtype: String?

  let input: String?
  let target: String?
  let output: String?
  let output64: String?

  let dim: IntOrList?
  let keepdim: Bool?
  let recipe: Recipe?
  let sampleIndex: String?
  let sample64: String?
  let sum64: Double?
  let sumsq64: Double?
  let logsumexp64: Double?

  let targetKind: String?
  let weight: String?
  let ignoreIndex: Int?
  let reduction: String?
  let labelSmoothing: Double?

  let inFeatures: Int?
  let nClasses: Int?
  let cutoffs: [Int]?
  let divValue: Double?
  let headBias: Bool?
  let params: [String: String]?
  let loss: String?
  let loss64: String?
  let logProb: String?
  let logProb64: String?
  let predict: String?

  let what: String?
  let args: [NumberOrList]?
  let error: Refusal?

  /// The answer in float64: of torch's float64 run on the same inputs, or of the case itself when it is float64.
  var reference: String? { dtype == "f64" ? output : output64 }

  enum CodingKeys: String, CodingKey {
    case id, op, group, dtype, input, target, output, output64, dim, keepdim, recipe, sample64, sum64, sumsq64,
      logsumexp64
    case weight, reduction, cutoffs, params, loss, loss64, predict, what, args, error
    case sampleIndex = "sample_index"
    case targetKind = "target_kind"
    case ignoreIndex = "ignore_index"
    case labelSmoothing = "label_smoothing"
    case inFeatures = "in_features"
    case nClasses = "n_classes"
    case divValue = "div_value"
    case headBias = "head_bias"
    case logProb = "log_prob"
    case logProb64 = "log_prob64"
  }
}

/// What PyTorch raised.
struct Refusal: Decodable, Sendable {
  let type: String
  let message: String
}

/// A dimension, or several.
enum IntOrList: Decodable, Sendable {
  case one(Int)
  case many([Int])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Int.self) {
      self = .one(number)
    } else {
      self = .many(try container.decode([Int].self))
    }
  }

  var values: [Int] {
    switch self {
    case .one(let value): [value]
    case .many(let values): values
    }
  }
}

/// An argument of a constructor.
enum NumberOrList: Decodable, Sendable {
  case number(Double)
  case list([Double])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else {
      self = .list(try container.decode([Double].self))
    }
  }

  var values: [Double] {
    switch self {
    case .number(let value): [value]
    case .list(let values): values
    }
  }
}
