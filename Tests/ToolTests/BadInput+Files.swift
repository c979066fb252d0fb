import Foundation

extension BadInput {
  private static let longName = String(repeating: "n", count: 240) + ".npy"

  /// Names that lead to nothing, or to the wrong thing.
  static let files: [BadInput] = [
    BadInput("head missing", 66, "head.safetensors") { try $0.remove("head.safetensors") },
    BadInput("hidden missing", 66, "hidden.npy") { try $0.remove("hidden.npy") },
    BadInput(
      "hidden missing beside a folder of targets", running: replacing("targets.npy", by: ["all"]), 66, "hidden.npy",
      "No such file"
    ) {
      try $0.remove("hidden.npy")
      try $0.makeFolder("all")
      for name in ["all/a.npy", "all/b.npy"] { try $0.write($0.data("targets.npy"), name) }
    },
    BadInput(
      "a list of hidden states with blanks for tabs",
      running: ["score", "--head", "head.safetensors", "--manifest", "list.txt"], 66, "list.txt: line 1:",
      "behind a tab"
    ) {
      try $0.write(Data("hidden.npy targets.npy\n".utf8), "list.txt")
    },
    BadInput(
      "a list without targets", running: ["score", "--head", "head.safetensors", "--manifest", "list.txt"], 64,
      "list.txt: line 2: expected targets", "behind a tab"
    ) {
      try $0.write(Data("\nhidden.npy\n".utf8), "list.txt")
    },
    BadInput(
      "a list with a few targets", running: ["score", "--head", "head.safetensors", "--manifest", "list.txt"], 64,
      "list.txt: line 1: expected targets as for list.txt: line 2, found none"
    ) {
      try $0.write(Data("hidden.npy\nx.npy\ttargets.npy\n".utf8), "list.txt")
    },
    BadInput(
      "hidden states without targets beside a list with them",
      running: ["score", "--head", "head.safetensors", "--hidden", "hidden.npy", "--manifest", "list.txt"], 64,
      "hidden.npy: expected targets as for list.txt: line 1, with --hidden beside the list, found none"
    ) {
      try $0.write(Data("hidden.npy\ttargets.npy\n".utf8), "list.txt")
    },
    BadInput(
      "targets beside a list",
      running: ["score", "--head", "head.safetensors", "--manifest", "list.txt", "--target", "targets.npy"], 64,
      "behind tabs in the list"
    ) {
      try $0.write(Data("hidden.npy\n".utf8), "list.txt")
    },
    BadInput("targets missing", 66, "targets.npy") { try $0.remove("targets.npy") },
    BadInput("head a directory", 66, "head.safetensors", "directory") { try $0.makeDirectory("head.safetensors") },
    BadInput("hidden a directory", 66, "hidden.npy", "directory") { try $0.makeDirectory("hidden.npy") },
    BadInput("hidden a FIFO", 66, "hidden.npy", "FIFO") {
      try $0.remove("hidden.npy")
      mkfifo($0.path("hidden.npy"), 0o644)
    },
    BadInput("a FIFO for a journal", 66, "out.npy.journal", "FIFO") { mkfifo($0.path("out.npy.journal"), 0o644) },
    BadInput("a FIFO for a journal, resumed", running: score + ["--resume"], 66, "out.npy.journal", "FIFO") {
      mkfifo($0.path("out.npy.journal"), 0o644)
    },
    BadInput("a FIFO for the rows so far", 73, "out.npy.partial", "FIFO") { mkfifo($0.path("out.npy.partial"), 0o644) },
    BadInput("a folder for the rows so far", 73, "out.npy.partial") {
      try $0.makeDirectory("out.npy.partial")
    },
    BadInput(
      "a file for a folder", running: score.dropLast() + ["targets.npy/out.npy"], 73, "targets.npy", "Not a directory"),
    BadInput("output exists", 73, "out.npy", "exists", "--overwrite") { try $0.write(Data("mine".utf8), "out.npy") },
    BadInput(
      "output exists, softmax", running: ["softmax", "--dim", "1", "x.npy", "-o", "out.npy"], 73, "out.npy",
      "--overwrite"
    ) {
      try $0.write(Data("mine".utf8), "out.npy")
    },
    BadInput("output a directory", 73, "out.npy", "directory") { try $0.makeDirectory("out.npy") },
    BadInput("output's folder missing", running: Array(score.dropLast()) + ["none/out.npy"], 73, "none/out.npy"),
    BadInput("output a file's child", running: Array(score.dropLast()) + ["x.npy/out.npy"], 73, "x.npy/out.npy"),
    BadInput("output a device", running: Array(score.dropLast()) + ["/dev/null"], 73, "/dev/null", "device"),
    BadInput("output is hidden", running: Array(score.dropLast()) + ["hidden.npy", "--overwrite"], 64, "hidden.npy"),
    BadInput(
      "output is hidden by another name", running: Array(score.dropLast()) + ["./link.npy", "--overwrite"], 64,
      "hidden.npy"
    ) {
      try FileManager.default.createSymbolicLink(atPath: $0.path("link.npy"), withDestinationPath: "hidden.npy")
    },
    BadInput(
      "output is the softmax's input", running: ["softmax", "--dim", "1", "x.npy", "-o", "x.npy", "--overwrite"], 64,
      "x.npy"),
    BadInput(
      "hidden is the partial output", running: replacing("hidden.npy", by: ["out.npy.partial", "--overwrite"]), 64,
      "out.npy.partial", "the input"
    ) {
      try $0.write($0.data("hidden.npy"), "out.npy.partial")
    },
    BadInput(
      "targets are the journal", running: replacing("targets.npy", by: ["out.npy.journal", "--overwrite"]), 64,
      "out.npy.journal", "the input"
    ) {
      try $0.write($0.data("targets.npy"), "out.npy.journal")
    },
    BadInput(
      "targets are the next journal", running: replacing("targets.npy", by: ["out.npy.journal.new"]), 64,
      "out.npy.journal.new", "the input"
    ) {
      try $0.write($0.data("targets.npy"), "out.npy.journal.new")
    },
    BadInput(
      "hidden is a shard's partial output",
      running: replacing("hidden.npy", by: ["out.npy.1-of-2.part.partial", "--overwrite", "--shard", "1/2"]), 64,
      "out.npy.1-of-2.part.partial", "the input"
    ) {
      try $0.write($0.data("hidden.npy"), "out.npy.1-of-2.part.partial")
    },
    BadInput(
      "the list of files is the journal",
      running: ["score", "--head", "head.safetensors", "--manifest", "out/score.journal", "-o", "out", "--overwrite"],
      64,
      "out/score.journal", "the input"
    ) {
      try $0.makeDirectory("out")
      try $0.write(Data("hidden.npy\ttargets.npy\n".utf8), "out/score.journal")
    },
    BadInput(
      "two outputs of one name",
      running: [
        "score", "--head", "head.safetensors", "--weight", "head.weight", "--log-sum-exp", "--hidden", "a.npy",
        "a.lse.npy", "--target", "zeros.npy", "zeros.npy", "-o", "out",
      ], 64, "out/a.lse.npy", "another name"
    ) {
      for name in ["a.npy", "a.lse.npy"] { try $0.write($0.data("hidden.npy"), name) }
      try $0.write(Fixture.integers([0, 0, 0, 0, 0, 0], "(6,)"), "zeros.npy")
    },
    BadInput("top-k to a folder of no folder", running: topKTo("none/out/"), 73, "none/out/: cannot be created"),
    BadInput("top-k to no name", running: topKTo(""), 73, "a name that no file can have"),
    BadInput("top-k to standard output", running: topKTo("-"), 64, "standard output is not supported", "name a file"),
    BadInput(
      "score to standard output", running: Array(score.dropLast()) + ["-"], 64, "standard output", "name a file"),
    BadInput(
      "softmax to standard output", running: ["softmax", "--dim", "1", "x.npy", "-o", "-"], 64, "standard output",
      "not supported"),
    BadInput(
      "convert to standard output", running: ["convert", "--from", "pytorch", "head.safetensors", "-o", "-"], 64,
      "standard output"),
    BadInput(
      "hidden from standard input", running: replacing("hidden.npy", by: ["-"]), 66, "standard input", "name a file"),
    BadInput("head from standard input", running: replacing("head.safetensors", by: ["-"]), 66, "standard input"),
    BadInput(
      "softmax of standard input", running: ["softmax", "--dim", "1", "-", "-o", "out.npy"], 66, "standard input"),
    BadInput("vocabulary missing", running: predict + ["--vocabulary", "none.txt"], 66, "none.txt"),
    BadInput("vocabulary a directory", running: predict + ["--vocabulary", "words.txt"], 66, "words.txt") {
      try $0.makeDirectory("words.txt")
    },
    BadInput(
      "vocabulary too short", running: predict + ["--vocabulary", "words.txt"], 65, "words.txt", "10 lines", "found 2"
    ) {
      try $0.write(Data("a\nb\n".utf8), "words.txt")
    },
    BadInput(
      "a pattern that nothing has", running: replacing("hidden.npy", by: ["none*.npy"]), 66, "none*.npy"),
    BadInput(
      "fewer targets than hidden states", running: replacing("hidden.npy", by: ["hidden.npy", "x.npy"]), 64,
      "2 files of targets", "found 1"),
    BadInput(
      "two hidden states of one name",
      running: [
        "score", "--head", "head.safetensors", "--hidden", "hidden.npy", "./hidden.npy", "--target", "targets.npy",
        "targets.npy", "-o", "out",
      ], 64, "./hidden.npy"),
    BadInput(
      "a second file with other features",
      running: ["log-prob", "--head", "head.safetensors", "--hidden", "hidden.npy", "x.npy", "-o", "out"], 65, "x.npy",
      "4 features"),
    BadInput(
      "several outputs to a file",
      running: ["log-prob", "--head", "head.safetensors", "--hidden", "hidden.npy", "h2.npy", "-o", "words.txt"], 73,
      "words.txt", "folder"
    ) {
      try $0.write($0.data("hidden.npy"), "h2.npy")
    },
    BadInput(
      "several outputs to the name of one",
      running: [
        "log-prob", "--head", "head.safetensors", "--hidden", "hidden.npy", "h2.npy", "-o", "scores.npy",
      ], 64, "scores.npy: expected a folder for the outputs of 2 files", "write scores/"
    ) {
      try $0.write($0.data("hidden.npy"), "h2.npy")
    },
    BadInput(
      "several texts to the name of one",
      running: [
        "predict", "--head", "head.safetensors", "--hidden", "hidden.npy", "h2.npy", "-o", "out.jsonl", "--format",
        "tsv",
      ], 64, "out.jsonl: expected a folder", "write out/"
    ) {
      try $0.write($0.data("hidden.npy"), "h2.npy")
    },
    BadInput(
      "targets that a folder has twice", running: replacing("targets.npy", by: ["all"]), 64, "all: expected one file",
      "hidden.npy and hidden.txt"
    ) {
      try $0.makeFolder("all")
      for name in ["all/hidden.npy", "all/hidden.txt"] { try $0.write($0.data("targets.npy"), name) }
    },
    BadInput(
      "manifest missing", running: ["score", "--head", "head.safetensors", "--manifest", "none.txt"], 66, "none.txt"),
    BadInput("a partial output alone", 73, "out.npy.partial", "remove it", "(--overwrite)") {
      try $0.write(Data("mine".utf8), "out.npy.partial")
    },
    BadInput(
      "softmax to an output that is not finished", running: ["softmax", "--dim", "1", "x.npy", "-o", "out.npy"], 73,
      "out.npy.partial", "not finished", "(--overwrite)"
    ) {
      try $0.write(Data("mine".utf8), "out.npy.partial")
    },
    BadInput(
      "convert to an output that is not finished",
      running: ["convert", "--from", "pytorch", "head.safetensors", "-o", "out.safetensors"], 73,
      "out.safetensors.partial", "not finished", "(--overwrite)"
    ) {
      try $0.write(Data("mine".utf8), "out.safetensors.partial")
    },
    BadInput(
      "a partial output alone, to be resumed", running: score + ["--resume"], 73, "out.npy.partial", "remove it",
      "without resuming (--overwrite)"
    ) {
      try $0.write(Data("mine".utf8), "out.npy.partial")
    },
    BadInput(
      "a journal that is none", running: score + ["--resume"], 65, "out.npy.journal",
      "(--overwrite in place of --resume)"
    ) {
      try $0.write(Data("mine".utf8), "out.npy.journal")
    },
    BadInput(
      "hidden of two lines", running: replacing("hidden.npy", by: ["no\nsuch.npy"]), 66,
      #"no\nsuch.npy: cannot be opened"#),
    BadInput(
      "a name too long for its journal", running: Array(score.dropLast()) + [String(repeating: "n", count: 244)], 73,
      "expected a name of at most 243 bytes, found one of 244"),
    BadInput(
      "a name too long for a shard's journal",
      running: Array(score.dropLast()) + [String(repeating: "n", count: 240), "--shard", "1/2"], 73,
      "expected a name of at most 236 bytes, found one of 240"),
    BadInput(
      "hidden states whose name is too long for a journal in a folder",
      running: score.dropLast().map { $0 == "hidden.npy" ? longName : $0 } + ["o/"], 73,
      "\(longName): expected a name of at most 240 bytes, found one of 244"
    ) {
      try $0.write($0.data("hidden.npy"), longName)
    },
    BadInput(
      "a name too long", running: Array(score.dropLast()) + [String(repeating: "n", count: 256)], 73,
      "expected a name of at most"),
    BadInput(
      "a name too long among several",
      running: [
        "log-prob", "--head", "head.safetensors", "--hidden", String(repeating: "n", count: 245) + ".npy", "hidden.npy",
        "-o", "out", "--shard", "1/2",
      ], 73, "nnn.npy.1-of-2.part: expected a name of at most 255 bytes, found one of 261"
    ) { try $0.write($0.data("hidden.npy"), String(repeating: "n", count: 245) + ".npy") },
    BadInput("inspect a missing file", running: ["inspect", "none.safetensors"], 66, "none.safetensors"),
    BadInput(
      "softmax of a missing file", running: ["softmax", "--dim", "0", "none.npy", "-o", "out.npy"], 66, "none.npy"),
  ]
}

extension BadInput {
  private static func topKTo(_ output: String) -> [String] {
    ["top-k", "-k", "3", "--head", "head.safetensors", "--hidden", "hidden.npy", "-o", output]
  }

  /// The score command with other arguments for one.
  private static func replacing(_ argument: String, by arguments: [String]) -> [String] {
    score.flatMap { $0 == argument ? arguments : [$0] }
  }
}

extension Folder {
  func remove(_ name: String) throws { try FileManager.default.removeItem(at: url(name)) }

  /// Replaces a file by a directory.
  func makeDirectory(_ name: String) throws {
    try? remove(name)
    try FileManager.default.createDirectory(at: url(name), withIntermediateDirectories: false)
  }
}
