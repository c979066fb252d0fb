import Testing

@testable import BatchScoring

struct JobSettingsTests {
  @Test(arguments: [0, -1, Int.min])
  func aBatchOfNoRowsIsRefusedBeforeAnythingIsWritten(batchSize: Int) throws {
    let files = try Files(rows: 5)
    let names = files.names
    let settings = JobSettings(batchSize: batchSize)
    let (head, hidden, output) = (files.path("head.safetensors"), files.path("hidden.npy"), files.path("out.npy"))
    let jobs: [() throws -> Void] = [
      { _ = try files.scoreJob(settings: settings) },
      { _ = try PredictJob(head: head, hidden: hidden, output: output, settings: settings) },
      { _ = try LogProbJob(head: head, hidden: hidden, output: output, settings: settings) },
      { _ = try ArrayJob(.softmax(dim: 1), input: hidden, output: output, settings: settings) },
      { _ = try ArrayJob(.softmax(dim: 0), input: hidden, output: output, settings: settings) },
      { _ = try ConvertJob(HeadConversion(head, from: .pytorch), output: output, settings: settings) },
    ]
    for job in jobs {
      let error = #expect(throws: ScoringError.self) { try job() }
      #expect(error?.kind == .usage && error?.description.contains("found \(batchSize)") == true)
    }
    #expect(files.names == names)
  }

  @Test func resultsThatNoIntCountsAreRefused() throws {
    let files = try Files(rows: 5)
    let names = files.names
    for format in [nil, TextFormat.tsv] {
      expectRefusal(.usage, "ask for fewer") {
        try SampleJob(
          head: HeadSource(path: files.path("head.safetensors")),
          files: JobFiles(hidden: files.path("hidden.npy"), output: files.path("out")),
          draws: SampleJob.Draws(count: 1 << 60, seed: 1), format: format)
      }
    }
    #expect(files.names == names)
  }

  @Test func aBatchMayBeLargerThanAnyFile() throws {
    let files = try Files(rows: 5)
    for shard in [nil, Shard("2/2")] {
      let settings = JobSettings(batchSize: .max, overwrite: true, shard: shard)
      #expect(try files.scoreJob(settings: settings).run().rows == (shard == nil ? 5 : 3))
    }
  }
}
