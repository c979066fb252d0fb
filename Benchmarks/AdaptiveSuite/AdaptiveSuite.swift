import AdaptiveSoftmax
import Benchmark
import Measuring

// Whole calls of the adaptive softmax, held against the operations that their answers need.
let benchmarks: @Sendable () -> Void = {
  let heads: [PublishedHead] = Setting.isFull ? [.text8, .wikiText103, .oneBillionWord] : [.wikiText103]
  for head in heads {
    for rows in Setting.isFull ? [4096, 1024, 256, 64] : [1024, 64] { forward(head, rows) }
    oneRow(head)
    for rows in Setting.isFull ? [64, 256] : [64] {
      logProbs(head, rows)
      predictions(head, rows)
    }
  }
}

private func forward(_ published: PublishedHead, _ rows: Int) {
  guard let target = try? targets(rows, classes: published.classes) else { return }
  measure(
    "adaptive forward \(published.name), \(rows) rows", limit: .floatMath, amount: published.work(scoring: target)
  ) {
    let head = try published.make()
    let hidden = try inputs([rows, published.features])
    let output = try Reused<Float>([rows])
    return { _ = try head(hidden, target, into: &output.tensor, threads: $0) }
  }
}

private func oneRow(_ published: PublishedHead) {
  measure("adaptive forward \(published.name), 1 row", limit: .read, amount: published.headBytes) {
    let head = try published.make()
    let hidden = try inputs([1, published.features])
    let target = try Tensor<Int64>(shape: [1], scalars: [0])
    let output = try Reused<Float>([1])
    return { _ = try head(hidden, target, into: &output.tensor, threads: $0) }
  }
}

private func logProbs(_ published: PublishedHead, _ rows: Int) {
  measure("adaptive logProb \(published.name), \(rows) rows", limit: .floatMath, amount: published.work(rows: rows)) {
    let head = try published.make()
    let hidden = try inputs([rows, published.features])
    let result = try Reused<Float>([rows, published.classes])
    return { try head.logProb(hidden, into: &result.tensor, threads: $0) }
  }
}

/// Held against what a prediction that skips no tail takes: a lazy one can be above 100 %.
private func predictions(_ published: PublishedHead, _ rows: Int) {
  measure("adaptive predict \(published.name), \(rows) rows", limit: .floatMath, amount: published.work(rows: rows)) {
    let head = try published.make()
    let hidden = try inputs([rows, published.features])
    let result = try Reused<Int64>([rows])
    return { try head.predict(hidden, into: &result.tensor, threads: $0) }
  }
}
