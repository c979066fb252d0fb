extension AdaptiveLogSoftmaxWithLoss: CustomStringConvertible {
  /// As PyTorch prints the module; tails of one shape are listed once.
  public var description: String {
    var lines = ["AdaptiveLogSoftmaxWithLoss("]
    lines.append("  (head): " + Self.linear(layout.inFeatures, layout.headSize, bias: layout.headBias))
    guard layout.nClusters > 0 else { return (lines + ["  (tail): ModuleList()", ")"]).joined(separator: "\n") }
    lines.append("  (tail): ModuleList(")
    let tails = (0..<layout.nClusters).map { i in
      [
        "      (0): " + Self.linear(layout.inFeatures, layout.tailFeatures[i], bias: false),
        "      (1): " + Self.linear(layout.tailFeatures[i], layout.tailClasses(i).count, bias: layout.tailBias),
      ]
    }
    var first = 0
    while first < tails.count {
      let run = tails[first...].prefix { $0 == tails[first] }.count
      lines.append(
        run == 1 ? "    (\(first)): Sequential(" : "    (\(first)-\(first + run - 1)): \(run) x Sequential(")
      lines += tails[first] + ["    )"]
      first += run
    }
    return (lines + ["  )", ")"]).joined(separator: "\n")
  }

  private static func linear(_ inFeatures: Int, _ outFeatures: Int, bias: Bool) -> String {
    "Linear(in_features=\(inFeatures), out_features=\(outFeatures), bias=\(bias ? "True" : "False"))"
  }
}
