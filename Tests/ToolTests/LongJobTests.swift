import Foundation
import Testing

/// Many files, shards, progress and the ends of long jobs, by the tool.
struct LongJobTests {
  /// A list of files and a vocabulary may come from a pipe.
  @Test func textsComeFromStandardInputToo() throws {
    let folder = try Fixture.folder()
    let score = "score --head head.safetensors --quiet"
    let outcome = try Tool.run(
      [
        "-c",
        """
        printf 'hidden.npy\\ttargets.npy\\n' | "$0" \(score) --manifest - -o out &&
        "$0" predict --head head.safetensors --hidden hidden.npy --vocabulary - -o words.tsv < words.txt
        """, Tool.path.path,
      ], in: folder.url, executable: "/bin/sh")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(FileManager.default.fileExists(atPath: folder.path("out/hidden.npy")))
    #expect(String(decoding: try folder.data("words.tsv"), as: UTF8.self).contains("\tword"))
  }

  @Test func foldersAndPatterns() throws {
    let folder = try Fixture.folder()
    try folder.makeFolder("h")
    for name in ["h/a.npy", "h/b.npy"] { try folder.write(folder.data("hidden.npy"), name) }
    let whole = try Tool.run(BadInput.logProb, in: folder.url)
    #expect(whole.status == 0)
    for (i, hidden) in [["h"], ["h/*.npy"], ["h/a.npy", "h/b.npy"]].enumerated() {
      let outcome = try Tool.run(
        ["log-prob", "--head", "head.safetensors", "--hidden"] + hidden + ["-o", "out\(i)", "--json"], in: folder.url)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try json(outcome.output)["rows"] as? Int == 12)
      for name in ["a", "b"] { #expect(try folder.data("out\(i)/\(name).npy") == folder.data("out.npy")) }
    }
  }

  /// One file of hidden states goes into a folder where -o names one, under its own name, with targets from a folder.
  @Test func oneFileGoesIntoAFolderToo() throws {
    let folder = try Fixture.folder()
    for name in ["t", "there"] { try folder.makeFolder(name) }
    try folder.write(Data("0\n3\n4\n6\n7\n9\n".utf8), "t/hidden.txt")
    #expect(try Tool.run(BadInput.score, in: folder.url).status == 0)
    let head = ["--head", "head.safetensors", "--hidden", "hidden.npy"]
    for output in ["new/", "there"] {
      let outcome = try Tool.run(["score"] + head + ["--target", "t", "-o", output], in: folder.url)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try folder.data((output == "there" ? "there/" : output) + "hidden.npy") == folder.data("out.npy"))
    }
    let text = try Tool.run(["predict"] + head + ["--format", "tsv", "-o", "new/"], in: folder.url)
    #expect(text.status == 0, "\(text.errors)")
    let top = try Tool.run(["top-k", "-k", "2"] + head + ["-o", "."], in: folder.url)
    #expect(top.status == 0, "\(top.errors)")
    #expect(try folder.data("new/hidden.tsv").count > 0 && folder.data("hidden.ids.npy").count > 0)
    for shard in ["1/2", "2/2"] {
      #expect(
        try Tool.run(
          ["score"] + head + ["--target", "t", "-o", "there/", "--shard", shard, "--overwrite"], in: folder.url
        ).status == 0)
    }
    let parts = (1...2).map { "there/hidden.npy.\($0)-of-2.part" }
    let some = try Tool.run(["merge", parts[0], "-o", "merged/"], in: folder.url)
    #expect(some.status == 65 && !folder.names.contains("merged"), "\(some.errors)")
    let merged = try Tool.run(["merge"] + parts + ["-o", "merged/"], in: folder.url)
    #expect(merged.status == 0, "\(merged.errors)")
    let again = try Tool.run(["merge"] + parts + ["-o", "merged", "--overwrite"], in: folder.url)
    #expect(again.status == 0, "\(again.errors)")
    #expect(try folder.data("merged/hidden.npy") == folder.data("out.npy"))
  }

  @Test(
    arguments: [
      BadInput.score, ["score", "--ignore-index", "3"] + BadInput.score.dropFirst(), BadInput.predict,
      BadInput.logProb,
    ])
  func shardsMerge(arguments: [String]) throws {
    let folder = try Fixture.folder()
    let whole = try Tool.run(arguments, in: folder.url)
    let cut = Array(arguments.dropLast()) + ["cut.npy"]
    for shard in ["3/4", "1/4", "4/4", "2/4"] {
      let outcome = try Tool.run(cut + ["--shard", shard, "--quiet"], in: folder.url)
      #expect(outcome.status == 0 && outcome.output == "", "\(outcome.errors)")
    }
    let parts = folder.names.filter { $0.hasSuffix(".part") }
    #expect(parts == (1...4).map { "cut.npy.\($0)-of-4.part" })
    let merged = try Tool.run(["merge"] + parts.reversed() + ["-o", "cut.npy"], in: folder.url)
    #expect(merged.status == 0, "\(merged.errors)")
    #expect(try folder.data("cut.npy") == folder.data("out.npy"))
    if arguments[0] == "score" { #expect(merged.output == whole.output) }
    let again = try Tool.run(["merge"] + parts + ["-o", "cut.npy"], in: folder.url)
    #expect(again.status == 73 && again.errors.contains("--overwrite"))
    let some = try Tool.run(["merge"] + parts.dropLast() + ["-o", "some.npy"], in: folder.url)
    #expect(some.status == 65 && some.errors.contains("part 4 missing") && some.errorLines.count == 1)
  }

  @Test func shardsOfManyFilesMerge() throws {
    let folder = try Fixture.folder()
    for name in ["h", "t", "cut"] { try folder.makeFolder(name) }
    for name in ["a.npy", "b.npy"] {
      try folder.write(folder.data("hidden.npy"), "h/\(name)")
      try folder.write(folder.data("targets.npy"), "t/\(name)")
    }
    let arguments = ["score", "--head", "head.safetensors", "--hidden", "h", "--target", "t", "-o"]
    let whole = try Tool.run(arguments + ["whole"], in: folder.url)
    for shard in ["1/3", "3/3", "2/3"] {
      #expect(try Tool.run(arguments + ["cut", "--shard", shard], in: folder.url).status == 0)
    }
    let parts = try FileManager.default.contentsOfDirectory(atPath: folder.path("cut")).map { "cut/\($0)" }
    #expect(parts.count == 6)
    let merged = try Tool.run(["merge"] + parts + ["-o", "cut/"], in: folder.url)
    #expect(merged.status == 0 && merged.output == whole.output, "\(merged.errors)")
    for name in ["a.npy", "b.npy"] { #expect(try folder.data("cut/\(name)") == folder.data("whole/\(name)")) }
    let mixed = try Tool.run(["merge"] + parts + ["-o", "one.npy"], in: folder.url)
    #expect(mixed.status == 65 && mixed.errorLines.count == 1 && mixed.errors.contains("-o FOLDER/"), "\(mixed.errors)")
  }

  /// A signal ends the job at once; what it says is true.
  @Test(arguments: [(SIGINT, "SIGINT", 130), (SIGTERM, "SIGTERM", 143)] as [(Int32, String, Int32)])
  func signalsKeepWhatIsDone(signal: Int32, name: String, status: Int32) throws {
    let folder = Folder()
    let arguments =
      ["log-prob", "--rows", "0..<400", "--batch-size", "1", "--checkpoint", "0"] + ScoringTests.files
      + ["-o", folder.path("out.npy")]
    let running = try Tool.start(arguments)
    while !rowsRecorded(folder), running.process.isRunning { usleep(1000) }
    try #require(running.process.isRunning)
    kill(running.process.processIdentifier, signal)
    let outcome = try running.finish()
    #expect(outcome.status == status)
    #expect(outcome.output == "")
    let match = try #require(
      outcome.errors.wholeMatch(of: /Error: ended by (SIG[A-Z]+); (\d+) of 400 rows are kept: .*--resume.*\n/))
    #expect(match.1 == name)
    #expect(folder.names == ["out.npy.journal", "out.npy.partial"])

    let refused = try Tool.run(arguments)
    #expect(refused.status == 73 && refused.errors.contains("--resume"))
    // The name is not free for another job either.
    let softmax = ["softmax", "--dim", "1", Self.hidden, "-o", folder.path("out.npy")]
    let other = try Tool.run(softmax)
    #expect(other.status == 73 && other.errorLines.count == 1, "\(other.errors)")
    #expect(other.errors.contains("not finished") && other.errors.contains("--overwrite"), "\(other.errors)")
    let resumed = try Tool.run(arguments + ["--resume", "--json"])
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try json(resumed.output)["rows"] as? Int == 400)
    #expect(folder.names == ["out.npy"])
    let bytes = try folder.data("out.npy")
    #expect(try Tool.run(arguments + ["--overwrite"]).status == 0)
    #expect(try folder.data("out.npy") == bytes)
  }

  /// The disk is full after some rows: they are kept, and the rest follows when there is room.
  @Test func aFullDiskKeepsWhatIsDone() throws {
    let folder = Folder()
    let arguments =
      ["log-prob", "--rows", "0..<9", "--batch-size", "2", "--checkpoint", "0"] + ScoringTests.files + [
        "-o", "out.npy",
      ]
    let full = try Tool.run(
      ["-c", "ulimit -f 800; exec \"$0\" \"$@\"", Tool.path.path] + arguments, in: folder.url, executable: "/bin/sh")
    #expect(full.status == 74)
    #expect(full.errors.contains(/^Error: out.npy: cannot be written .*; 4 rows are kept: .*--resume continues\n$/))
    #expect(folder.names == ["out.npy.journal", "out.npy.partial"])
    let other = try Tool.run(arguments + ["--resume", "--weights", "bf16"], in: folder.url)
    #expect(other.status == 65 && other.errorLines.count == 1)
    #expect(
      other.errors.contains(
        "expected a job with --weights f32, which its rows are from, found one with --weights bf16 in"),
      "\(other.errors)")
    let resumed = try Tool.run(arguments + ["--resume"], in: folder.url)
    #expect(resumed.status == 0, "\(resumed.errors)")
    let bytes = try folder.data("out.npy")
    #expect(try Tool.run(arguments + ["--overwrite"], in: folder.url).status == 0)
    #expect(try folder.data("out.npy") == bytes && folder.names == ["out.npy"])
  }

  @Test func resumingNothingBeginsAnew() throws {
    let folder = try Fixture.folder()
    #expect(try Tool.run(BadInput.score + ["--resume"], in: folder.url).status == 0)
    let again = try Tool.run(BadInput.score + ["--resume"], in: folder.url)
    #expect(again.status == 73 && again.errorLines.count == 1)
    #expect(again.errors.hasPrefix("Error: out.npy: exists already, with no journal"))
    #expect(again.errors.hasSuffix(" (--overwrite)\n"))
  }

  @Test func twoProcessesDoNotWriteOneOutput() throws {
    let folder = Folder()
    let arguments =
      ["log-prob", "--rows", "0..<400", "--batch-size", "1", "--checkpoint", "0"] + ScoringTests.files
      + ["-o", folder.path("out.npy")]
    let running = try Tool.start(arguments)
    while !rowsRecorded(folder), running.process.isRunning { usleep(1000) }
    kill(running.process.processIdentifier, SIGSTOP)  // it holds its files and gets no further
    var seconds = try [["--resume"], ["--overwrite"], []].map { try Tool.run(arguments + $0) }
    let softmax = ["softmax", "--dim", "1", Self.hidden, "-o", folder.path("out.npy")]
    seconds += try [["--overwrite"], []].map { try Tool.run(softmax + $0) }
    try #require(running.process.isRunning)
    kill(running.process.processIdentifier, SIGCONT)
    for second in seconds {
      #expect(second.status == 73 && second.errorLines.count == 1)
      #expect(second.errors.contains("another process") && !second.errors.contains("--"), "\(second.errors)")
    }
    #expect(try running.finish().status == 0)
    #expect(folder.names == ["out.npy"])
  }

  private static let hidden = ScoringTests.small("hidden.npy")

  private func rowsRecorded(_ folder: Folder) -> Bool {
    guard let journal = try? String(contentsOf: folder.url("out.npy.journal"), encoding: .utf8) else { return false }
    return journal.contains(/\nat 0 [1-9]/)
  }
}

extension Folder {
  func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(at: url(name), withIntermediateDirectories: false)
  }
}
