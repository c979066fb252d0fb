extension PickleReader {
  /// The storage that a persistent id names: `('storage', torch.FloatStorage, key, location, count)`; of a type that is not
  /// read, the type.
  mutating func persistent(_ id: PickleValue) throws(FileError) -> PickleValue {
    if case .tuple(let tuple) = id, objects.sequences[tuple].count == 5,
      case .global(.inert) = objects.sequences[tuple][1]
    {
      return objects.sequences[tuple][1]
    }
    guard case .tuple(let tuple) = id, objects.sequences[tuple].count == 5,
      case .string("storage") = objects.sequences[tuple][0],
      case .global(.storage(let type)) = objects.sequences[tuple][1],
      case .string(let key) = objects.sequences[tuple][2], case .string = objects.sequences[tuple][3],
      case .int(let count) = objects.sequences[tuple][4], count >= 0
    else {
      throw failure(
        "expected a persistent id ('storage', type, key, location, count), found \(id.kind) of other values")
    }
    return .storage(try add(PickleObjects.Storage(key: key, elementType: type, count: count)))
  }

  /// What calling a global would give, for those that build state dicts; what is made by or of an inert one is that one.
  mutating func reduce(_ function: PickleValue, _ arguments: PickleValue) throws(FileError) -> PickleValue {
    guard case .global(let global) = function, case .tuple(let tuple) = arguments else {
      throw failure("refused a call of \(function.kind) with \(arguments.kind)", .unsupported)
    }
    let items = objects.sequences[tuple]
    if case .inert = global { return function }
    if case .defaultDict = global { return .dict(try newDict()) }
    if case .global(.inert)? = items.first { return items[0] }
    switch global {
    case .orderedDict:
      guard items.isEmpty else { throw failure("expected an OrderedDict made empty, found \(items.count) arguments") }
      return .dict(try newDict())
    case .rebuildParameter:
      guard items.count == 3, case .tensor = items[0] else {
        throw failure("expected _rebuild_parameter(tensor, requires_grad, hooks), found \(items.count) other arguments")
      }
      return items[0]
    case .rebuildTensor:
      guard items.count == 6 || items.count == 7, case .storage(let storage) = items[0],
        case .int(let offset) = items[1],
        let shape = integers(items[2]), let strides = integers(items[3])
      else {
        throw failure(
          "expected _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks), found \(items.count) other arguments"
        )
      }
      let view = PickleObjects.View(
        storage: storage, offset: offset, shape: shape, strides: strides, position: position)
      return .tensor(try add(view))
    case .storage, .inert, .defaultDict:
      throw failure("refused a call of '\(global.name)'", .unsupported)
    }
  }

  /// A tuple of integers, no longer than a tensor's rank can be.
  private func integers(_ value: PickleValue) -> [Int]? {
    guard case .tuple(let tuple) = value, objects.sequences[tuple].count <= Limit.rank else { return nil }
    var integers: [Int] = []
    for case .int(let integer) in objects.sequences[tuple] { integers.append(integer) }
    return integers.count == objects.sequences[tuple].count ? integers : nil
  }
}
