internal import TensorFiles

/// A JSON value to print: objects keep the order they are given in; NaN and infinities become null.
indirect enum JSON: CustomStringConvertible {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case array([JSON])
  case object([(String, JSON)])

  var description: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .int(let value): "\(value)"
    case .double(let value): value.isFinite ? "\(value)" : "null"
    case .string(let value): value.asJSON
    case .array(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
    case .object(let members):
      "{" + members.map { $0.0.asJSON + ": " + $0.1.description }.joined(separator: ", ") + "}"
    }
  }
}
