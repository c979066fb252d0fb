internal import TensorFiles

/// What stands at the end of a shard's part of an output: the part is a .npy file of its rows, or a text, and then this.
///
/// NumPy does not look behind an array's data, so a part can be loaded as it is.
struct PartFile: Sendable, Equatable {
  static let magic = Array("adasoft part 1\n".utf8)

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

  init(_ job: RowJob, item: Int, output: OutputDescription, shard: Shard, tally: Tally) {
    identity = (job.identity ?? JobIdentity()).part(of: item)
    self.shard = shard
    rows = job.sources[item].rows
    selection = job.sources[item].selection
    self.output = "\(output.suffix.isEmpty ? "-" : output.suffix) \(output.name)"
    self.tally = tally
  }

  /// The bytes behind the data: lines, and their number of bytes in the last eight.
  var footer: [UInt8] {
    let lines =
      identity.text + [
        "shard \(shard.index) \(shard.count)",
        "rows \(rows.lowerBound) \(rows.upperBound) \(selection.lowerBound) \(selection.upperBound)",
        "output \(output)",
      ] + tally.lines
    let text = Self.magic + Array((lines.joined(separator: "\n") + "\n").utf8)
    return text + withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) }
  }

  /// Reads what `footer` wrote, without the last eight bytes; nil for anything else.
  init?(footer: [UInt8]) {
    guard footer.starts(with: Self.magic) else { return nil }
    var identity = JobIdentity()
    var tally = Tally()
    var (shard, rows, selection, output): (Shard?, Range<Int>?, Range<Int>?, String?) = (nil, nil, nil, nil)
    for line in String(decoding: footer.dropFirst(Self.magic.count), as: UTF8.self).split(separator: "\n") {
      let fields = line.split(separator: " ", maxSplits: 1)
      let numbers = line.split(separator: " ").dropFirst().map { Int($0) ?? -1 }
      switch fields.first {
      case "is": guard identity.take(line: line) else { return nil }
      case "shard" where numbers.count == 2: shard = Shard(index: numbers[0], count: numbers[1])
      case "rows" where numbers.count == 4 && numbers[0] <= numbers[1] && numbers[2] <= numbers[3]:
        (rows, selection) = (numbers[0]..<numbers[1], numbers[2]..<numbers[3])
      case "output" where fields.count == 2: output = String(fields[1])
      default: guard tally.take(line: line) else { return nil }
      }
    }
    guard let shard, let rows, let selection, let output, rows == shard.rows(of: selection) else { return nil }
    (self.identity, self.shard, self.rows, self.selection) = (identity, shard, rows, selection)
    (self.output, self.tally) = (output, tally)
  }
}
