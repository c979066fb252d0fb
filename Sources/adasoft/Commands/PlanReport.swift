internal import AdaptiveSoftmax
internal import BatchScoring

/// A plan in words and as JSON.
struct PlanReport {
  let job: PlanJob
  let result: PlanJob.Result
  let check: PlanCheck?
  /// Whether the object has the times by first cutoff, which are many.
  let hasCurve: Bool

  private var settings: PlanJob.Settings { job.settings }
  private var best: CutoffPlan.Choice { result.plan.best }

  var lines: [String] {
    var lines = [
      "classes     \(job.counts.count.grouped)\(settings.classes == nil ? "" : ", the most frequent of the file")",
      "cutoffs     \(list(best.cutoffs))",
      "widths      \(best.tailFeatures.map { "\($0)" }.joined(separator: ", "))",
      "time        \(micro(best.secondsPerRow)) µs a row, \(settings.purpose.rawValue) batches of "
        + "\(settings.batch.grouped) (predicted)",
      "parameters  \(best.parameters.grouped)",
      "",
    ]
    var rows = [["", "cutoffs", "µs a row", "planned is", "in shortlist", "parameters"]]
    for choice in result.plan.byClusters {
      rows.append(row("\(choice.cutoffs.count) tail\(choice.cutoffs.count == 1 ? "" : "s")", choice))
    }
    if let alike = result.alike { rows.append(row("like usual", alike)) }
    rows.append(row("usual", result.usual))
    rows.append([
      "full softmax", "-", micro(result.fullSecondsPerRow), times(result.speedupOverFull), percent(1),
      result.fullParameters.grouped,
    ])
    lines += Table.lines(rows)
    lines += ["usual: \(result.usualSource); like usual: no smaller share in the shortlist, no narrower tail"]
    if let check { lines += [""] + checkLines(check) }
    return lines + notes
  }

  private func row(_ name: String, _ choice: CutoffPlan.Choice) -> [String] {
    [
      name, list(choice.cutoffs), micro(choice.secondsPerRow), times(choice.secondsPerRow / best.secondsPerRow),
      percent(choice.shortlistShare), choice.parameters.grouped,
    ]
  }

  private func checkLines(_ check: PlanCheck) -> [String] {
    var rows = [["measured", "cutoffs", "µs a row", "predicted", "error", "at the same speed", "the usual takes"]]
    for (name, head) in named(check.heads) {
      rows.append([
        name, list(head.cutoffs), micro(head.measuredSecondsPerRow), micro(head.predictedSecondsPerRow),
        percent(head.error), percent(head.errorAtSameSpeed), times(head.speedupOverUsual),
      ])
    }
    return Table.lines(rows) + [
      "medians of \(check.rounds) rounds, taking turns; the machine now runs at \(percent(check.machineSpeed)) of its "
        + "speed when it was measured"
    ]
  }

  private func named(_ heads: [PlanCheck.Head]) -> [(String, PlanCheck.Head)] {
    Array(zip(heads.count == 3 ? ["planned", "like usual", "usual"] : ["planned", "usual"], heads))
  }

  /// What a reader should know about the plan, one line each.
  private var notes: [String] {
    var notes: [String] = []
    if result.speedupOverFull < 1 {
      notes.append(
        "note: a plain head is quicker here, by \(times(1 / result.speedupOverFull)): no cutoffs are worth their tails")
    }
    if !job.wasSorted {
      notes.append(
        "note: the counts were not sorted; the cutoffs are for classes in order of frequency (--permutation-output, "
          + "--permutation)")
    }
    if let fewest = job.zeroWidthClusters.first {
      notes.append(
        "warning: \(job.zeroWidthClusters.map { "\($0)" }.joined(separator: ", ")) tails left out: tail \(fewest - 1) "
          + "would have width 0 (\(settings.features) / \(plain(settings.divValue))^\(fewest))")
    }
    if result.usual.tailFeatures.contains(0) {
      notes.append("warning: the usual cutoffs have a tail of width 0, whose classes could never differ")
    }
    return notes.isEmpty ? [] : [""] + notes
  }

  var members: [(String, JSON)] {
    var members: [(String, JSON)] = [
      ("classes", .int(job.counts.count)),
      ("features", .int(settings.features)),
      ("div", .double(settings.divValue)),
      ("batch", .int(settings.batch)),
      ("for", .string(settings.purpose.rawValue)),
      ("sorted", .bool(job.wasSorted)),
      ("cutoffs", array(best.cutoffs)),
      ("widths", array(best.tailFeatures)),
      ("seconds_per_row", .double(best.secondsPerRow)),
      ("parameters", .int(best.parameters)),
      ("speedup_over_full", .double(result.speedupOverFull)),
      ("full_is_quicker", .bool(result.speedupOverFull < 1)),
      ("speedup_over_usual", .double(result.speedupOverUsual)),
      ("by_clusters", .array(result.plan.byClusters.map(object))),
      ("like_usual", result.alike.map(object) ?? .null),
      ("usual", object(result.usual)),
      ("usual_source", .string(result.usualSource)),
      (
        "full",
        .object([
          ("seconds_per_row", .double(result.fullSecondsPerRow)), ("parameters", .int(result.fullParameters)),
        ])
      ),
      ("zero_width_clusters", array(job.zeroWidthClusters)),
    ]
    if hasCurve {
      let curve = result.plan.byFirstCutoff.map {
        JSON.object([("cutoff", .int($0.cutoff)), ("seconds_per_row", .double($0.secondsPerRow))])
      }
      members.append(("by_first_cutoff", .array(curve)))
    }
    if let check {
      members.append(
        (
          "check",
          .object([
            ("heads", .array(named(check.heads).map { object($1, name: $0) })), ("rounds", .int(check.rounds)),
            ("machine_speed", .double(check.machineSpeed)),
          ])
        ))
    }
    return members
  }

  private func object(_ choice: CutoffPlan.Choice) -> JSON {
    .object([
      ("clusters", .int(choice.cutoffs.count)), ("cutoffs", array(choice.cutoffs)),
      ("seconds_per_row", .double(choice.secondsPerRow)), ("parameters", .int(choice.parameters)),
      ("shortlist_share", .double(choice.shortlistShare)),
    ])
  }

  private func object(_ head: PlanCheck.Head, name: String) -> JSON {
    .object([
      ("name", .string(name)), ("cutoffs", array(head.cutoffs)),
      ("measured_seconds_per_row", .double(head.measuredSecondsPerRow)),
      ("predicted_seconds_per_row", .double(head.predictedSecondsPerRow)), ("error", .double(head.error)),
      ("error_at_same_speed", .double(head.errorAtSameSpeed)),
      ("speedup_over_usual", .double(head.speedupOverUsual)),
    ])
  }

  private func array(_ numbers: [Int]) -> JSON { .array(numbers.map { .int($0) }) }

  private func list(_ numbers: [Int]) -> String { numbers.map { "\($0)" }.joined(separator: ",") }

  private func micro(_ seconds: Double) -> String { (seconds * 1e6).fixed(seconds < 1e-4 ? 2 : 1) }

  private func times(_ ratio: Double) -> String { "\(ratio.fixed(2))x" }

  private func percent(_ share: Double) -> String { "\((100 * share).fixed(1)) %" }

  private func plain(_ number: Double) -> String { number == number.rounded() ? "\(Int(number))" : "\(number)" }
}
