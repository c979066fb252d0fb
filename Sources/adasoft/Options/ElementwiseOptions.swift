internal import ArgumentParser
internal import BatchScoring

/// The files and the common options of the subcommands that turn one array into another.
struct ElementwiseOptions: ParsableArguments {
  @Argument(
    help: "The array: .npy of float16, float32, float64 or, with --dtype, bfloat16; logsumexp takes integers too.")
  var input: String

  @Option(name: .long, help: "What to read an array of dtype V2 as: bf16, for ml_dtypes saves bfloat16 so.")
  var dtype: RawType?

  @Option(name: .shortAndLong, help: "The .npy file to write, of the input's dtype; of float32 for integers.")
  var output: String

  @OptionGroup var batch: BatchOptions
  @OptionGroup var run: RunOptions

  /// Validates, runs and reports one job.
  func perform(_ operation: ArrayJob.Operation) throws {
    try run.start()
    try OutputName.check(output, endsIn: "npy")
    let (result, seconds) = try run.timed { (progress) throws(ScoringError) in
      let job = try ArrayJob(
        operation, input: input, inputType: dtype?.elementType, output: output, settings: batch.settings(run))
      return (rows: try job.run(progress: progress), shape: job.outputShape)
    }
    try run.report(
      json: [("rows", .int(result.rows)), ("shape", .array(result.shape.map { .int($0) }))]
        + run.measurements(rows: result.rows, seconds: seconds))
  }
}
