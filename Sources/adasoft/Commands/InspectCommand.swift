internal import AdaptiveSoftmax
internal import ArgumentParser
internal import BatchScoring

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "A head's sizes, cutoffs, clusters, projections and bytes; no weights are loaded.")

  @Argument(help: "The head: a safetensors or .pt file with PyTorch's names.")
  var head: String

  @Option(
    name: .long,
    help: """
      What stands before the head's names, with its dot; before those of --weight and --bias too. (default: the one \
      prefix that fits an adaptive head)
      """)
  var prefix: String?

  @OptionGroup(title: "Plain heads") var plain: PlainHeadOptions

  @OptionGroup var options: RunOptions

  func run() throws {
    try options.start()
    let summary = try HeadSummary(HeadSource(path: head, plain: plain.head, prefix: prefix))
    try options.report(json: json(summary) + options.kernelMembers, lines: lines(summary))
  }

  private func json(_ head: HeadSummary) -> [(String, JSON)] {
    [
      ("prefix", head.prefix.map { .string($0) } ?? .null),
      ("in_features", .int(head.layout.inFeatures)),
      ("n_classes", .int(head.layout.nClasses)),
      ("cutoffs", .array(head.layout.cutoffs.dropLast().map { .int($0) })),
      ("head_bias", .bool(head.layout.headBias)),
      ("dtype", .string(head.dtype)),
      ("parameters", .int(head.parameters)),
      ("bytes", .int(head.bytes)),
      (
        "clusters",
        .array(
          head.clusters.map {
            .object([
              ("name", .string($0.name)), ("first_class", .int($0.classes.lowerBound)),
              ("classes", .int($0.classes.count)), ("projection", $0.projection.map { .int($0) } ?? .null),
              ("bytes", .int($0.bytes)),
            ])
          })
      ),
    ]
  }

  private func lines(_ head: HeadSummary) -> [String] {
    let layout = head.layout
    var rows = [["cluster", "classes", "count", "projection", "bytes"]]
    for cluster in head.clusters {
      rows.append([
        cluster.name, "\(cluster.classes.lowerBound)..<\(cluster.classes.upperBound)", cluster.classes.count.grouped,
        cluster.projection.map { "\(layout.inFeatures) -> \($0)" } ?? "-", cluster.bytes.grouped,
      ])
    }
    return (head.prefix.map { ["prefix      '\($0)'"] } ?? []) + [
      "features    \(layout.inFeatures.grouped)",
      "classes     \(layout.nClasses.grouped)",
      "cutoffs     \(layout.nClusters == 0 ? "none" : layout.cutoffs.dropLast().map(\.description).joined(separator: ", "))",
      "head bias   \(layout.headBias ? "yes" : "no")",
      "parameters  \(head.parameters.grouped) (\(head.dtype), \(head.bytes.grouped) bytes)",
      "kernels     \(options.kernels)",
      "",
    ] + Table.lines(rows)
  }
}
