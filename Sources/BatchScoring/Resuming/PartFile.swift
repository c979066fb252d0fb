internal import TensorFiles

/// What stands at the end of a shard's part of an output: the part is a .npy file of its rows, or a text, and then this.
///
/// NumPy does not look behind an array's data, so a part can be loaded as it is.
struct PartFile: Sendable, Equatable {
  /// What all parts of one output share.
  let identity: JobIdentity
  let shard: Shard
  /// The rows of this part.
  let rows: Range<Int>
  /// The rows of all parts.
  let selection: Range<Int>
  /// The output's name among the job's.
  let output: String
  let tally: Tally
  /// What stands before the footer.
  let data: PartialFile.Mark

  /// The part of an item's output.
  init(
    _ identity: JobIdentity, item: Int, _ source: RowSource, output: OutputDescription, shard: Shard, tally: Tally,
    data: PartialFile.Mark
  ) {
    self.identity = identity.part(of: item)
    self.shard = shard
    rows = source.rows
    selection = source.selection
    self.output = "\(output.suffix.isEmpty ? "-" : output.suffix) \(output.name)"
    self.tally = tally
    self.data = data
  }

  /// The same for errors: what its name ends in, if anything, its type and the shape of a row.
  var outputInWords: String { output.hasPrefix("- ") ? String(output.dropFirst(2)) : output }

  /// The bytes behind the data: a record, and its number of bytes in the last eight.
  var footer: [UInt8] {
    let record = RecordFormat.part.bytes(
      identity.text + [
        "shard \(shard.index) \(shard.count)",
        "rows \(rows.lowerBound) \(rows.upperBound) \(selection.lowerBound) \(selection.upperBound)",
        "output \(output)",
        "data \(data.bytes) \(String(data.digest, radix: 16))",
      ] + tally.lines)
    return record + withUnsafeBytes(of: UInt64(record.count).littleEndian) { Array($0) }
  }

  /// Takes the lines of a `footer`; nil for anything else.
  init?(lines: [Substring]) {
    var identity = JobIdentity()
    var tally = Tally()
    var (shard, rows, selection, output): (Shard?, Range<Int>?, Range<Int>?, String?) = (nil, nil, nil, nil)
    var data: PartialFile.Mark?
    for line in lines {
      let fields = line.split(separator: " ", maxSplits: 1)
      let words = line.split(separator: " ").dropFirst()
      let numbers = words.map { Int($0) ?? -1 }
      switch fields.first {
      case "is": guard identity.take(line: line) else { return nil }
      case "shard" where numbers.count == 2: shard = Shard(index: numbers[0], count: numbers[1])
      case "rows"
      where numbers.count == 4 && 0 <= numbers[2] && numbers[2] <= numbers[0] && numbers[0] <= numbers[1]
        && numbers[1] <= numbers[3]:
        (rows, selection) = (numbers[0]..<numbers[1], numbers[2]..<numbers[3])
      case "output" where fields.count == 2: output = String(fields[1])
      case "data" where words.count == 2 && numbers[0] >= 0:
        data = UInt64(words[2], radix: 16).map { PartialFile.Mark(bytes: numbers[0], digest: $0) }
      default: guard tally.take(line: line) else { return nil }
      }
    }
    guard let shard, let rows, let selection, let output, let data, rows == shard.rows(of: selection),
      tally.isPossible(rows: rows.count)
    else { return nil }
    (self.identity, self.shard, self.rows, self.selection) = (identity, shard, rows, selection)
    (self.output, self.tally, self.data) = (output, tally, data)
  }
}
