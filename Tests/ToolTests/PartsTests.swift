import Foundation
import Testing

/// Parts by the tool: merged, written again, done already.
struct PartsTests {
  private func parts(_ folder: Folder, in name: String = ".") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path(name)).filter { $0.hasSuffix(".part") }.sorted()
      .map { name == "." ? $0 : "\(name)/\($0)" }
  }

  @Test func aRowOfTwoOutputsCountsOnce() throws {
    let folder = try Fixture.folder()
    for name in ["h", "cut"] { try folder.makeFolder(name) }
    for name in ["h/a.npy", "h/b.npy"] { try folder.write(folder.data("hidden.npy"), name) }
    for shard in ["1/2", "2/2"] {
      let topK = ["top-k", "--head", "head.safetensors", "--hidden", "h", "-k", "3", "-o", "cut", "--shard", shard]
      #expect(try Tool.run(topK, in: folder.url).status == 0)
    }
    let all = try parts(folder, in: "cut")
    let merged = try Tool.run(["merge"] + all + ["-o", "cut/", "--json"], in: folder.url)
    #expect(merged.status == 0, "\(merged.errors)")
    #expect(try json(merged.output)["rows"] as? Int == 12 && json(merged.output)["parts"] as? Int == 8)
    let one = try Tool.run(
      ["merge"] + all.filter { $0.contains("logprobs") } + ["-o", "cut/", "--json", "--overwrite"], in: folder.url)
    #expect(try json(one.output)["rows"] as? Int == 12)
  }

  @Test func lossesOfTwoOutputsCountOnce() throws {
    let folder = try Fixture.folder()
    try folder.makeFolder("merged")
    try folder.write(Fixture.integers([0, 3, 4, 5, 1, 2], "(6,)"), "targets.npy")
    let score = Array(BadInput.score.dropLast()) + ["cut.npy", "--weight", "head.weight", "--log-sum-exp"]
    for shard in ["1/2", "2/2"] { #expect(try Tool.run(score + ["--shard", shard], in: folder.url).status == 0) }
    let whole = try Tool.run(score, in: folder.url)
    let merged = try Tool.run(["merge"] + parts(folder) + ["-o", "merged/"], in: folder.url)
    #expect(merged.status == 0 && merged.output == whole.output, "\(merged.errors)")
    for name in ["cut.npy", "cut.npy.lse.npy"] {
      #expect(try folder.data("merged/\(name)") == folder.data(name))
    }
    let mixed = try Tool.run(["merge"] + parts(folder) + ["-o", "one.npy"], in: folder.url)
    #expect(mixed.status == 65 && mixed.errorLines.count == 1)
    #expect(mixed.errors.contains(": expected output float32 [], found .lse.npy float32 []: "), "\(mixed.errors)")
  }

  /// The bands come with the parts, in one output or several; without --clusters there are none.
  @Test func clustersOfPartsAreThoseOfOnePiece() throws {
    let folder = try Fixture.folder()
    let score = Array(BadInput.score.dropLast()) + ["cut.npy", "--clusters"]
    for shard in ["1/3", "2/3", "3/3"] {
      #expect(try Tool.run(score + ["--shard", shard], in: folder.url).status == 0)
    }
    let all = try parts(folder)
    for output in ["out.npy", "merged/"] {
      let whole = try Tool.run(score + ["--overwrite"], in: folder.url)
      #expect(whole.status == 0 && whole.output.contains("7..<10"), "\(whole.errors)")
      let merged = try Tool.run(["merge"] + all + ["-o", output], in: folder.url)
      #expect(merged.status == 0 && merged.output == whole.output, "\(merged.errors)")
    }
    let clusters = try [score, ["merge"] + all + ["-o", "out.npy"]].map {
      try json(Tool.run($0 + ["--json", "--overwrite"], in: folder.url).output)["clusters"] as? [[String: Any]]
    }
    #expect(clusters[0]?.count == 3 && clusters[0] as NSArray? == clusters[1] as NSArray?)
    let bare = score.filter { $0 != "--clusters" } + ["--shard", "2/3", "--overwrite"]
    #expect(try Tool.run(bare, in: folder.url).status == 0)
    let mixed = try Tool.run(["merge"] + all + ["-o", "mixed.npy"], in: folder.url)
    #expect(mixed.status == 65 && mixed.errorLines.count == 1)
    #expect(mixed.errors.contains("a job with --clusters, found one with no --clusters"), "\(mixed.errors)")
  }

  /// Figures are of one job; what is said first of foreign parts is that another job wrote them.
  @Test func partsOfTwoJobsDoNotMerge() throws {
    let folder = try Fixture.folder()
    for (arguments, output) in [(BadInput.sample, "a.npy"), (BadInput.score, "b.npy")] {
      for shard in ["1/2", "2/2"] {
        let job = try Tool.run(arguments.dropLast() + [output, "--shard", shard], in: folder.url)
        #expect(job.status == 0, "\(job.errors)")
      }
    }
    let all = try parts(folder)
    let before = folder.names
    for (parts, output) in [(all, "merged/"), ([all[0], all[3]], "merged.npy")] {
      let merged = try Tool.run(["merge"] + parts + ["-o", output], in: folder.url)
      #expect(merged.status == 65 && merged.errorLines.count == 1 && merged.output == "", "\(merged.errors)")
      #expect(merged.errors.contains(": expected a part of a sample job, found one of a score job"), "\(merged.errors)")
      #expect(merged.errors.contains("b.npy.") && merged.errors.contains(" as a.npy.1-of-2.part"), "\(merged.errors)")
      #expect(folder.names == before)
    }
  }

  @Test func morePartsThanDescriptorsMerge() throws {
    let folder = try Fixture.folder()
    #expect(try Tool.run(BadInput.predict, in: folder.url).status == 0)
    let script = """
      predict="predict --head head.safetensors --hidden hidden.npy -o cut.npy --quiet --threads 1"
      for i in $(seq 70); do "$0" $predict --shard $i/70 || exit; done
      ulimit -n 64 && exec "$0" merge cut.npy.*.part -o cut.npy
      """
    let outcome = try Tool.run(["-c", script, Tool.path.path], in: folder.url, executable: "/bin/sh")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try folder.data("cut.npy") == folder.data("out.npy"))
  }

  @Test func aDamagedPartIsNotMerged() throws {
    let folder = try Fixture.folder()
    for shard in ["1/2", "2/2"] {
      #expect(try Tool.run(BadInput.predict + ["--shard", shard], in: folder.url).status == 0)
    }
    let all = try parts(folder)
    var bytes = try folder.data(all[1])
    for i in 130..<133 { bytes[i] ^= 1 }
    try folder.write(bytes, all[1])
    let merged = try Tool.run(["merge"] + all + ["-o", "out.npy"], in: folder.url)
    #expect(merged.status == 65 && merged.errorLines.count == 1)
    #expect(merged.errors.contains(all[1]) && merged.errors.contains("damaged"), "\(merged.errors)")
    #expect(try parts(folder) == all && !folder.names.contains("out.npy"))
  }

  /// A requeued task of an array job ends well, with the figures of its first run.
  @Test func aShardThatIsDoneIsWell() throws {
    let folder = try Fixture.folder()
    let (shard, part) = (BadInput.score + ["--shard", "2/2", "--resume"], "out.npy.2-of-2.part")
    let first = try Tool.run(shard, in: folder.url)
    #expect(first.status == 0 && first.errors == "")
    let bytes = try folder.data(part)
    let again = try Tool.run(shard, in: folder.url)
    #expect(again.status == 0 && again.output == first.output, "\(again.errors)")
    #expect(again.errorLines.count == 1 && again.errors.hasPrefix("adasoft: \(part): done already"))
    #expect(try Tool.run(shard + ["--quiet"], in: folder.url).errors == "")

    let other = try Tool.run(shard + ["--ignore-index", "1", "--mrr"], in: folder.url)
    #expect(other.status == 65 && other.errorLines.count == 1 && other.output == "")
    for mention in [
      part, "expected a job with no --ignore-index and no --mrr, found one with --ignore-index 1 and --mrr",
      "(--overwrite in place of --resume)",
    ] {
      #expect(other.errors.contains(mention), "\(other.errors)")
    }
    #expect(try Tool.run(shard.filter { $0 != "--resume" }, in: folder.url).status == 73)
    #expect(try folder.data(part) == bytes)

    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: 3600)], ofItemAtPath: folder.path("hidden.npy"))
    let changed = try Tool.run(shard, in: folder.url)
    #expect(changed.status == 65 && changed.errors.contains("last changed"), "\(changed.errors)")
    try folder.write(bytes.dropLast(300), part)
    let cut = try Tool.run(shard, in: folder.url)
    #expect(cut.status == 65 && cut.errors.contains(part), "\(cut.errors)")
  }

  @Test func aShardOfManyFilesThatIsDoneIsWell() throws {
    let folder = try Fixture.folder()
    try folder.makeFolder("h")
    for name in ["h/a.npy", "h/b.npy"] { try folder.write(folder.data("hidden.npy"), name) }
    let shard = [
      "top-k", "--head", "head.safetensors", "--hidden", "h", "-k", "3", "-o", "cut", "--shard", "1/2", "--resume",
    ]
    let first = try Tool.run(shard, in: folder.url)
    let again = try Tool.run(shard, in: folder.url)
    #expect(again.status == 0 && again.output == first.output && again.errorLines.count == 1, "\(again.errors)")
    #expect(again.errors.contains("cut/a.ids.npy.1-of-2.part and 3 more: done already"), "\(again.errors)")
    try folder.remove("cut/b.ids.npy.1-of-2.part")
    let some = try Tool.run(shard, in: folder.url)
    #expect(some.status == 73 && some.errors.contains("cut/a.ids.npy.1-of-2.part"), "\(some.errors)")
  }
}
