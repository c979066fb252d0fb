import Foundation
import Testing

/// Ways a run ends other than by being done: signals, closed pipes, full disks, replaced outputs.
struct EndingTests {
  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129)] as [(Int32, Int32)])
  func signalsLeaveNothing(number: Int32, status: Int32) throws {
    signal(number, SIG_DFL)
    let folder = Folder()
    let input = folder.path("x.npy")
    try folder.write(Fixture.floats([Float](repeating: 1, count: 1 << 22), "(65536, 64)"), "x.npy")
    let running = try Tool.start(["softmax", "--dim", "1", input, "--batch-size", "1", "-o", folder.path("out.npy")])
    while folder.names.count == 1, running.process.isRunning { usleep(1000) }
    try #require(running.process.isRunning)
    kill(running.process.processIdentifier, number)
    let outcome = try running.finish()
    #expect(outcome.status == status)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.hasPrefix("Error: ended by SIG"))
    #expect(outcome.output == "")
    #expect(folder.names == ["x.npy"])
  }

  /// A command that waits for a text to be written has nothing to clean up: it ends at once.
  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func signalsEndWhatWaitsForText(number: Int32, status: Int32) throws {
    let folder = try Fixture.folder()
    mkfifo(folder.path("list.txt"), 0o644)
    let names = folder.names
    let running = try Tool.start(
      ["predict", "--head", "head.safetensors", "--manifest", "list.txt", "-o", "out/"], in: folder.url)
    let writer = open(folder.path("list.txt"), O_WRONLY)  // returns when the tool has it open
    defer { close(writer) }
    kill(running.process.processIdentifier, number)
    let outcome = try running.finish()
    #expect(outcome.status == status)
    #expect(outcome.errorLines.count == 1 && outcome.errors.hasSuffix("; no output was written\n"), "\(outcome.errors)")
    #expect(folder.names == names)
  }

  /// Names that Swift would read as others.
  @Test func namesThatAreNoUTF8AreRefused() throws {
    let folder = try Fixture.folder()
    let names = folder.names
    for argument in ["-o out$(printf '\\376').npy", "-o out.npy --vocabulary w$(printf '\\376')"] {
      let outcome = try Tool.run(
        ["-c", "exec \"$0\" predict --head head.safetensors --hidden hidden.npy \(argument)", Tool.path.path],
        in: folder.url, executable: "/bin/sh")
      #expect(
        outcome.status == 64 && outcome.errorLines.count == 1 && outcome.errors.contains("UTF-8"), "\(outcome.errors)")
      #expect(folder.names == names)
    }
  }

  /// A job under nohup goes on when its terminal is closed.
  @Test func anIgnoredHangupIsIgnored() throws {
    let folder = Folder()
    try folder.write(Fixture.floats([Float](repeating: 1, count: 1 << 20), "(16384, 64)"), "x.npy")
    let running = try Tool.start(
      [
        "-c", "trap '' HUP; exec \"$0\" \"$@\"", Tool.path.path, "softmax", "--dim", "1", "x.npy", "--batch-size", "1",
        "-o",
        "out.npy",
      ], in: folder.url, executable: "/bin/sh")
    while folder.names.count == 1, running.process.isRunning { usleep(1000) }
    kill(running.process.processIdentifier, SIGHUP)
    let outcome = try running.finish()
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(folder.names == ["out.npy", "x.npy"])
  }

  @Test func aClosedPipeIsAQuietEnd() throws {
    let folder = try Fixture.folder()
    let outcome = try shell(
      "(sleep 0.3; \"$0\" \"$@\"; echo $? > status) | true", ["inspect", "head.safetensors"], in: folder)
    #expect(outcome.errors == "")
    #expect(try String(decoding: folder.data("status"), as: UTF8.self) == "0\n")
  }

  @Test func aFullDiskIsAWriteFailure() throws {
    let folder = Folder()
    let outcome = try shell(
      "ulimit -f 64; exec \"$0\" \"$@\"", ["log-prob"] + ScoringTests.files + ["--rows", "0..<8", "-o", "out.npy"],
      in: folder)
    #expect(outcome.status == 74)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.hasPrefix("Error: out.npy: "))
    #expect(folder.names == [])
  }

  @Test func aFullDiskLeavesWhatWasThere() throws {
    let folder = Folder()
    try folder.write(Fixture.floats([Float](repeating: 1, count: 1 << 16), "(1024, 64)"), "x.npy")
    try folder.write(Data([9]), "out.npy")
    let outcome = try shell(
      "ulimit -f 64; exec \"$0\" \"$@\"", ["softmax", "--dim", "1", "x.npy", "-o", "out.npy", "--overwrite"], in: folder
    )
    #expect(outcome.status == 74)
    #expect(outcome.errorLines.count == 1 && outcome.errors.hasPrefix("Error: out.npy: cannot be written at byte "))
    #expect(try folder.names == ["out.npy", "x.npy"] && folder.data("out.npy") == Data([9]))
  }

  @Test func aFullStandardOutputIsAWriteFailure() throws {
    let folder = try Fixture.folder()
    let outcome = try shell("exec \"$0\" \"$@\" > /dev/full", ["inspect", "head.safetensors"], in: folder)
    #expect(outcome.status == 74)
    #expect(outcome.errors.hasPrefix("Error: standard output: "))
  }

  @Test func overwriteReplacesWholly() throws {
    let folder = try Fixture.folder()
    try folder.write(Data(repeating: 7, count: 100_000), "out.npy")
    #expect(try Tool.run(BadInput.score + ["--overwrite"], in: folder.url).status == 0)
    let replaced = try folder.data("out.npy")
    try folder.remove("out.npy")
    #expect(try Tool.run(BadInput.score, in: folder.url).status == 0)
    #expect(try folder.data("out.npy") == replaced)
  }

  @Test func aRefusedJobLeavesTheOldOutput() throws {
    let folder = try Fixture.folder()
    try folder.write(Data("mine".utf8), "out.npy")
    try folder.write(Fixture.integers([0, 1, 2, 3, 4, 10], "(6,)"), "targets.npy")
    #expect(try Tool.run(BadInput.score + ["--overwrite"], in: folder.url).status == 65)
    #expect(try folder.data("out.npy") == Data("mine".utf8))
  }

  private func shell(_ script: String, _ arguments: [String], in folder: Folder) throws -> Tool.Outcome {
    try Tool.run(["-c", script, Tool.path.path] + arguments, in: folder.url, executable: "/bin/sh")
  }
}
