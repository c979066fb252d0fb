/// What the pickle of a state dict can hold.
///
/// Containers are numbers of places in a `PickleObjects`, so that values nest to no depth of their own and may be shared.
enum PickleValue {
  case none
  case bool(Bool)
  case int(Int)
  /// An integer beyond Int.
  case longInt
  case float
  case string(String)
  case list(Int)
  case tuple(Int)
  case dict(Int)
  case global(TorchGlobal)
  case storage(Int)
  case tensor(Int)

  /// What the value is, for errors and for the list of what was skipped.
  var kind: String {
    switch self {
    case .none: "None"
    case .bool: "a bool"
    case .int, .longInt: "an int"
    case .float: "a float"
    case .string: "a string"
    case .list: "a list"
    case .tuple: "a tuple"
    case .dict: "a dict"
    case .global(let global): "'\(global.name)'"
    case .storage: "a storage"
    case .tensor: "a tensor"
    }
  }
}

/// The containers, storages and tensors that a pickle makes.
struct PickleObjects {
  /// A block of numbers in the archive: `data/KEY`.
  struct Storage {
    let key: String
    let elementType: ElementType
    let count: Int
  }

  /// A view of a storage, as `_rebuild_tensor_v2` takes it.
  struct View {
    let storage: Int
    let offset: Int
    let shape: [Int]
    let strides: [Int]
    /// Where in the pickle it is made.
    let position: Int
  }

  /// The items of lists and tuples.
  var sequences: [[PickleValue]] = []
  /// The items of dicts in the order they were set.
  var dicts: [[(key: PickleValue, value: PickleValue)]] = []
  var storages: [Storage] = []
  var views: [View] = []

  /// The number of objects.
  var count: Int { sequences.count + dicts.count + storages.count + views.count }
}

/// The names a state dict's pickle may refer to: none of them is looked up or called, each stands for a shape of data.
enum TorchGlobal: Equatable {
  case orderedDict
  case defaultDict
  case rebuildTensor
  case rebuildParameter
  case storage(ElementType)
  /// What a checkpoint may mention beside its tensors; whatever is made of it is skipped.
  case inert(String)

  private static let storages: [(String, ElementType)] = [
    ("Float", .float32), ("Double", .float64), ("Half", .float16), ("BFloat16", .bfloat16), ("Long", .int64),
    ("Int", .int32), ("Short", .int16), ("Char", .int8), ("Byte", .uint8), ("Bool", .bool),
    ("ComplexFloat", .complex64),
  ]
  private static let inert = [
    "torch.Size", "torch.device", "torch._utils._rebuild_tensor_v3", "torch.storage.UntypedStorage",
    "torch.ComplexDoubleStorage", "torch.bool", "torch.uint8", "torch.int8", "torch.uint16", "torch.int16",
    "torch.uint32", "torch.int32", "torch.uint64", "torch.int64", "torch.float16", "torch.bfloat16", "torch.float32",
    "torch.float64", "torch.complex32", "torch.complex64", "torch.complex128", "torch.float8_e4m3fn",
    "torch.float8_e4m3fnuz", "torch.float8_e5m2", "torch.float8_e5m2fnuz", "torch.float8_e8m0fnu",
    // Settings, counters and the states of generators, as trainers keep them beside the weights.
    "argparse.Namespace", "collections.Counter", "collections.deque", "datetime.date",
    "datetime.datetime", "datetime.timedelta", "pathlib.Path", "pathlib.PosixPath", "pathlib.PurePosixPath",
    "pathlib.WindowsPath", "numpy.dtype", "numpy.ndarray", "numpy.core.multiarray.scalar",
    "numpy.core.multiarray._reconstruct", "numpy._core.multiarray.scalar", "numpy._core.multiarray._reconstruct",
    "_codecs.encode",
  ]
  /// Python 3's names, and those that protocol 2 has for them.
  private static let inertBuiltins = [
    "bool", "bytearray", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "long", "object", "range",
    "set", "slice", "str", "tuple", "unicode", "xrange",
  ]
  private static let known: [String: TorchGlobal] = {
    var known: [String: TorchGlobal] = [
      "collections.OrderedDict": .orderedDict,
      "collections.defaultdict": .defaultDict,
      "torch._utils._rebuild_tensor_v2": .rebuildTensor,
      "torch._utils._rebuild_parameter": .rebuildParameter,
    ]
    for (name, type) in storages { known["torch.\(name)Storage"] = .storage(type) }
    let builtins = inertBuiltins.flatMap { ["builtins.\($0)", "__builtin__.\($0)"] }
    for name in inert + builtins { known[name] = .inert(name) }
    return known
  }()

  init?(name: String) {
    guard let global = Self.known[name] else { return nil }
    self = global
  }

  var name: String { Self.known.first { $0.value == self }?.key ?? "" }
}
