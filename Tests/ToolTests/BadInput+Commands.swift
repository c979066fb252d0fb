extension BadInput {
  private static let topK = ["top-k", "--head", "head.safetensors", "--hidden", "hidden.npy", "-o", "out"]
  private static let softmax = ["softmax", "x.npy", "-o", "out.npy"]

  /// Arguments that make no sense, or none for these files.
  static let commands: [BadInput] = [
    BadInput("unknown subcommand", running: ["softplus", "x.npy"], 64, "softplus"),
    BadInput("unknown option", running: softmax + ["--dim", "0", "--axis", "1"], 64, "--axis"),
    BadInput("no --dim", running: softmax, 64, "--dim"),
    BadInput("--dim a word", running: softmax + ["--dim", "last"], 64, "--dim", "last"),
    BadInput("--dim beyond the rank", running: softmax + ["--dim", "2"], 64, "x.npy", "[-2, 1], but got 2"),
    BadInput("--dim below the rank", running: softmax + ["--dim", "-3"], 64, "x.npy", "[-2, 1], but got -3"),
    BadInput("--dim beyond Int", running: softmax + ["--dim", "99999999999999999999"], 64, "--dim"),
    BadInput(
      "--dim twice", running: ["logsumexp", "--dim", "0", "--dim", "-2", "x.npy", "-o", "out.npy"], 64, "x.npy",
      "multiple times"),
    BadInput("logsumexp without --dim", running: ["logsumexp", "x.npy", "-o", "out.npy"], 64, "--dim"),
    BadInput("no output", running: ["softmax", "--dim", "0", "x.npy"], 64, "output"),
    BadInput("an empty output", running: ["softmax", "--dim", "0", "x.npy", "-o", ""], 73, "name"),
    BadInput("no head", running: ["inspect"], 64, "head"),
    BadInput("--rows the wrong way round", running: logProb + ["--rows", "5..<3"], 64, "--rows", "5..<3"),
    BadInput(
      "--rows the wrong way round, as in Python", running: logProb + ["--rows", "5:3"], 64, "--rows", "A:B", "5:3"),
    BadInput("--rows without an end", running: logProb + ["--rows", "5:"], 64, "--rows", "A:B", "0 <= A <= B"),
    BadInput("--rows beyond the file, as in Python", running: logProb + ["--rows", "0:7"], 64, "hidden.npy", "0..<7"),
    BadInput("--rows a word", running: logProb + ["--rows", "all"], 64, "--rows", "all"),
    BadInput("--rows negative", running: logProb + ["--rows", "-1..<3"], 64, "--rows"),
    BadInput("--rows beyond the file", running: logProb + ["--rows", "0..<7"], 64, "hidden.npy", "0..<6", "0..<7"),
    BadInput("--threads negative", running: score + ["--threads", "-1"], 64, "--threads", "-1"),
    BadInput("--threads a word", running: score + ["--threads", "all"], 64, "--threads", "all"),
    BadInput("--threads too many", running: score + ["--threads", "100000"], 64, "--threads", "100000"),
    BadInput(
      "--shard 0/2", running: score + ["--shard", "0/2"], 64, "--shard", "0/2",
      "expected K/N with 1 <= K <= N <= 1000000, such as 2/3"),
    BadInput(
      "--shard of too many", running: score + ["--shard", "1/99999999999"], 64, "--shard", "1/99999999999",
      "K <= N <= 1000000"),
    BadInput("--shard 3", running: score + ["--shard", "3"], 64, "--shard", "expected K/N"),
    BadInput("--shard 3/2", running: score + ["--shard", "3/2"], 64, "--shard", "3/2"),
    BadInput("--shard without output", running: Array(score.dropLast(2)) + ["--shard", "1/2"], 64, "output"),
    BadInput("--resume without output", running: Array(score.dropLast(2)) + ["--resume"], 64, "output"),
    BadInput(
      "--checkpoint negative", running: score + ["--checkpoint", "-1"], 64,
      "--checkpoint: expected 0 to 86400 seconds, found -1.0"),
    BadInput(
      "no hidden states", running: ["score", "--head", "head.safetensors", "--target", "targets.npy"], 64, "--hidden"),
    BadInput("no targets", running: ["score", "--head", "head.safetensors", "--hidden", "hidden.npy"], 64, "--target"),
    BadInput("merge of no part", running: ["merge", "hidden.npy", "-o", "out.npy"], 65, "hidden.npy", "part"),
    BadInput("merge of nothing", running: ["merge", "-o", "out.npy"], 64, "parts"),
    BadInput("--batch-size 0", running: score + ["--batch-size", "0"], 64, "--batch-size", "0"),
    BadInput(
      "--batch-size negative", running: softmax + ["--dim", "0", "--batch-size", "-5"], 64, "--batch-size", "-5"),
    BadInput("--batch-size a fraction", running: score + ["--batch-size", "1.5"], 64, "--batch-size", "1.5"),
    BadInput("--io unknown", running: score + ["--io", "direct"], 64, "--io", "direct"),
    BadInput("--ignore-index a word", running: score + ["--ignore-index", "none"], 64, "--ignore-index"),
    BadInput("--ignore-index without targets", running: predict + ["--ignore-index", "-1"], 64, "expected targets"),
    BadInput("--samples negative", running: predict + ["--samples", "-1"], 64, "--samples: expected at least 0"),
    BadInput("--samples without words", running: predict + ["--samples", "2"], 64, "--samples", "--vocabulary FILE"),
    BadInput(
      "--samples where the output is text",
      running: Array(predict.dropLast()) + ["out.tsv", "--vocabulary", "words.txt", "--samples", "2"], 64, "--samples",
      "found text"),
    BadInput("-k 0", running: topK + ["-k", "0"], 64, "head.safetensors", "1 to its 10 classes", "found 0"),
    BadInput("-k beyond the classes", running: topK + ["-k", "11"], 64, "head.safetensors", "found 11"),
    BadInput("words for arrays", running: topK + ["--vocabulary", "words.txt"], 64, "text", "arrays"),
    BadInput(
      "softmax to .csv", running: ["softmax", "--dim", "0", "x.npy", "-o", "out.csv"], 64, "out.csv", "ends in .npy",
      "found .csv"),
    BadInput("score to text", running: Array(score.dropLast()) + ["out.tsv"], 64, "out.tsv", "ends in .npy"),
    BadInput("log-prob to .txt", running: Array(logProb.dropLast()) + ["out.TXT"], 64, "out.TXT", "ends in .npy"),
    BadInput(
      "predict to .csv", running: Array(predict.dropLast()) + ["out.csv"], 64, "out.csv", ".npy, .tsv or .jsonl",
      "found .csv"),
    BadInput(
      "predict to .npy as text", running: predict + ["--format", "jsonl"], 64, "out.npy", "ends in .jsonl", "--format"),
    BadInput(
      "sample to one text as another", running: Array(sample.dropLast()) + ["out.tsv", "--format", "jsonl"], 64,
      "out.tsv", "ends in .jsonl"),
    BadInput("sample to .json", running: Array(sample.dropLast()) + ["out.json"], 64, "out.json", ".jsonl"),
    BadInput(
      "top-k to one array", running: Array(topK.dropLast()) + ["out.npy"], 64, "out.npy", ".tsv or .jsonl",
      "no extension"),
    BadInput(
      "convert to .npy",
      running: ["convert", "--from", "pytorch", "head.safetensors", "-o", "out.npy"], 64, "out.npy",
      "ends in .safetensors"),
    BadInput("an unknown format", running: topK + ["--format", "csv"], 64, "--format", "csv"),
    BadInput("rank without targets", running: ["rank", "--head", "h", "--hidden", "x.npy"], 64, "--target"),
    BadInput("--recall 0", running: score + ["--recall", "1", "0"], 64, "--recall", "found 0"),
    BadInput(
      "-n beyond memory", running: sample + ["-n", "99999999999"], 64,
      "-n: expected 1 to 16777216, found 99999999999"),
    BadInput("-n 0", running: sample + ["-n", "0"], 64, "-n", "found 0"),
    BadInput("no --seed", running: sample.filter { $0 != "--seed" && $0 != "1" }, 64, "--seed"),
    BadInput("--seed negative", running: sample + ["--seed", "-1"], 64, "--seed"),
    BadInput("--temperature 0", running: sample + ["--temperature", "0"], 64, "--temperature", "predict"),
    BadInput("--temperature not a number", running: sample + ["--temperature", "nan"], 64, "--temperature"),
    BadInput("--top-k 0", running: sample + ["--top-k", "0"], 64, "--top-k", "found 0"),
    BadInput("--top-p 0", running: sample + ["--top-p", "0"], 64, "--top-p", "found 0"),
    BadInput("--top-p a percentage", running: sample + ["--top-p", "90"], 64, "--top-p", "found 90"),
    BadInput("words for drawn arrays", running: sample + ["--vocabulary", "words.txt"], 64, "text", "arrays"),
    BadInput("--bias without --weight", running: score + ["--bias", "head.bias"], 64, "--bias", "--weight"),
    BadInput("--no-bias without --weight", running: score + ["--no-bias"], 64, "--no-bias", "--weight"),
    BadInput(
      "--bias and --no-bias", running: score + ["--weight", "head.weight", "--bias", "b", "--no-bias"], 64, "--no-bias",
      "expected no --bias"),
    BadInput("--softcap without --weight", running: score + ["--softcap", "30"], 64, "--softcap", "--weight"),
    BadInput(
      "--softcap 0", running: score + ["--weight", "head.weight", "--softcap", "0"], 64, "--softcap", "found 0"),
    BadInput(
      "--logit-scale negative", running: score + ["--weight", "head.weight", "--logit-scale", "-2"], 64,
      "--logit-scale", "found -2"),
    BadInput("--weight of no tensor", running: score + ["--weight", "lm_head.weight"], 65, "lm_head.weight"),
    BadInput("unknown variant", environment: ["SMX_VARIANT": "avx1024"], 64, "SMX_VARIANT", "scalar", "'avx1024'"),
    BadInput(
      "OMP_NUM_THREADS negative", environment: ["OMP_NUM_THREADS": "-1"], 64, "OMP_NUM_THREADS", "1 to 1024", "'-1'"),
    BadInput("OMP_NUM_THREADS 0", environment: ["OMP_NUM_THREADS": "0"], 64, "OMP_NUM_THREADS", "'0'"),
    BadInput(
      "OMP_NUM_THREADS beyond all machines", running: softmax + ["--dim", "0"],
      environment: ["OMP_NUM_THREADS": "2147483647"], 64, "OMP_NUM_THREADS", "'2147483647'"),
    BadInput(
      "OMP_NUM_THREADS beyond Int", environment: ["OMP_NUM_THREADS": "99999999999999999999"], 64, "OMP_NUM_THREADS"),
    BadInput(
      "OMP_NUM_THREADS a word", running: ["inspect", "head.safetensors"], environment: ["OMP_NUM_THREADS": "all"], 64,
      "OMP_NUM_THREADS", "'all'"),
    BadInput(
      "OMP_NUM_THREADS a list with a gap", environment: ["OMP_NUM_THREADS": "2,,1"], 64, "OMP_NUM_THREADS", "'2,,1'"),
    BadInput("OMP_NUM_THREADS a list with a negative", environment: ["OMP_NUM_THREADS": "2,-1"], 64, "OMP_NUM_THREADS"),
    BadInput(
      "unknown variant, softmax", running: softmax + ["--dim", "0"], environment: ["SMX_VARIANT": "SCALAR"], 64,
      "SMX_VARIANT"),
    BadInput(
      "unknown variant, inspect", running: ["inspect", "head.safetensors"], environment: ["SMX_VARIANT": "x"], 64,
      "SMX_VARIANT"),
  ]
}
