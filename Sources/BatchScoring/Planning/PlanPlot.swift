internal import AdaptiveSoftmax

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A plan as a picture: the expected time of a row by the number of tails and by the first cutoff.
struct PlanPlot {
  private let result: PlanJob.Result
  private static let (width, height) = (860.0, 380.0)
  private static let (top, bottom) = (56.0, 320.0)

  init(_ result: PlanJob.Result) { self.result = result }

  /// The picture: SVG 1.1 without scripts, styles from outside or fonts of its own.
  var svg: String {
    let parts = header + tails + firstCutoffs + ["</svg>"]
    return parts.joined(separator: "\n") + "\n"
  }

  private var header: [String] {
    let best = result.plan.best
    return [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(Int(Self.width))\" height=\"\(Int(Self.height))\" "
        + "viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" font-family=\"sans-serif\" font-size=\"12\">",
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
      text(
        20, 24,
        "cutoffs \(best.cutoffs.map { "\($0)" }.joined(separator: ", ")): \(number(best.secondsPerRow * 1e6)) µs a row",
        anchor: "start", size: 14),
    ]
  }

  /// Bars, with the usual cutoffs as a dashed line.
  private var tails: [String] {
    let choices = result.plan.byClusters
    let scale = Scale(from: 0, to: 1.05 * max(result.usual.secondsPerRow, choices.map(\.secondsPerRow).max() ?? 0))
    let (left, right) = (70.0, 400.0)
    var parts = axes(left, right, scale, title: "tails")
    let step = (right - left) / Double(choices.count)
    for (i, choice) in choices.enumerated() {
      let y = scale.y(choice.secondsPerRow)
      let x = left + step * (Double(i) + 0.2)
      parts.append(
        "<rect x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(step * 0.6))\" height=\"\(number(Self.bottom - y))\" "
          + "fill=\"\(choice == result.plan.best ? "#1f5f8b" : "#9dbfd6")\"/>")
      parts.append(text(left + step * (Double(i) + 0.5), Self.bottom + 16, "\(choice.cutoffs.count)"))
      parts.append(text(left + step * (Double(i) + 0.5), y - 5, number(choice.secondsPerRow * 1e6)))
    }
    let y = scale.y(result.usual.secondsPerRow)
    parts.append(
      "<path d=\"M\(number(left)) \(number(y))H\(number(right))\" stroke=\"#b5482a\" stroke-dasharray=\"5 4\" fill=\"none\"/>"
    )
    parts.append(text(right, y - 5, "usual cutoffs", anchor: "end", colour: "#b5482a"))
    return parts
  }

  /// A line over the logarithm of the first cutoff.
  private var firstCutoffs: [String] {
    let curve = result.plan.byFirstCutoff
    guard let first = curve.first?.cutoff, let last = curve.last?.cutoff else { return [] }
    let times = curve.map(\.secondsPerRow)
    let least = times.min() ?? 0
    // Cutoffs that cost many times the best are cut off, so that the valley can be seen.
    let scale = Scale(from: 0, to: min(times.max() ?? 0, 6 * least))
    let (left, right) = (490.0, 840.0)
    var parts = axes(left, right, scale, title: "first cutoff (\(result.plan.best.cutoffs.count) tails)")
    let span = max(log10(Double(last)) - log10(Double(first)), 1e-9)
    func x(_ cutoff: Double) -> Double { left + (right - left) * (log10(cutoff) - log10(Double(first))) / span }
    let points = curve.filter { $0.secondsPerRow <= scale.to }
      .map { "\(number(x(Double($0.cutoff)))),\(number(scale.y($0.secondsPerRow)))" }
    parts.append(
      "<polyline points=\"\(points.joined(separator: " "))\" fill=\"none\" stroke=\"#1f5f8b\" stroke-width=\"1.5\"/>")
    var tick = 1
    while tick <= last {
      if tick >= first { parts.append(text(x(Double(tick)), Self.bottom + 16, "\(tick)")) }
      tick *= 10
    }
    let best = result.plan.best
    parts.append(
      "<circle cx=\"\(number(x(Double(best.cutoffs[0]))))\" cy=\"\(number(scale.y(best.secondsPerRow)))\" r=\"4\" "
        + "fill=\"#1f5f8b\"/>")
    return parts
  }

  private func axes(_ left: Double, _ right: Double, _ scale: Scale, title: String) -> [String] {
    var parts = [
      text((left + right) / 2, Self.bottom + 40, title),
      text(left, Self.top - 8, "µs a row", anchor: "middle"),
    ]
    for value in scale.ticks {
      let y = scale.y(value)
      parts.append(
        "<path d=\"M\(number(left)) \(number(y))H\(number(right))\" stroke=\"#dddddd\" fill=\"none\"/>")
      parts.append(text(left - 6, y + 4, number(value * 1e6), anchor: "end"))
    }
    return parts
  }

  private func text(
    _ x: Double, _ y: Double, _ text: String, anchor: String = "middle", size: Int = 12, colour: String = "#333333"
  ) -> String {
    "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\" font-size=\"\(size)\" fill=\"\(colour)\">\(text)</text>"
  }

  /// At most two decimals.
  private func number(_ value: Double) -> String {
    let rounded = (value * 100).rounded() / 100
    return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
  }

  /// The vertical axis.
  private struct Scale {
    let from, to: Double

    func y(_ value: Double) -> Double {
      let share = to > from ? (value - from) / (to - from) : 0
      return PlanPlot.bottom - (PlanPlot.bottom - PlanPlot.top) * share
    }

    /// About five round values.
    var ticks: [Double] {
      guard to > from else { return [from] }
      let magnitude = pow(10, floor(log10((to - from) / 5)))
      let step = [1, 2, 5, 10].map { $0 * magnitude }.first { (to - from) / $0 <= 6 } ?? to - from
      return Array(stride(from: from, through: to, by: step))
    }
  }
}
