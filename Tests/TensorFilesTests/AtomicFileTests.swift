import Foundation
import Testing

@testable import TensorFiles

struct AtomicFileTests {
  let folder = Folder()

  @Test func appearsByCommitAlone() throws {
    var file = try AtomicFile(path: folder["a"])
    try file.append([1, 2, 3])
    #expect(!FileManager.default.fileExists(atPath: folder["a"]))
    #expect(FileManager.default.fileExists(atPath: file.temporaryPath))
    try file.append([4])
    #expect(file.count == 4)
    try file.commit()
    #expect(folder.names == ["a"])
    #expect(folder.bytes(of: "a") == [1, 2, 3, 4])
  }

  @Test func leavesNothingWhenDropped() throws {
    do {
      var file = try AtomicFile(path: folder["a"])
      try file.append([1])
    }
    #expect(folder.names == [])
  }

  /// /dev/stdout is such a link where the output is piped.
  @Test func doesNotReplaceALinkToAPipe() throws {
    guard FileManager.default.fileExists(atPath: "/proc/self/fd") else { return }
    let pipe = Pipe()
    symlink("/proc/self/fd/\(pipe.fileHandleForWriting.fileDescriptor)", folder["link"])
    for overwrite in [false, true] {
      let error = fileError { _ = try AtomicFile(path: folder["link"], overwrite: overwrite) }
      #expect(error?.code == .cannotCreate && error?.description.contains("found a FIFO") == true, "\(error!)")
    }
    #expect(folder.names == ["link"])
    try pipe.fileHandleForWriting.close()
  }

  @Test func doesNotReplaceWhatAppearedMeanwhile() throws {
    let path = folder["a"]
    let error = fileError {
      var file = try AtomicFile(path: path)
      try file.append([1])
      folder.write([9], to: "a")
      try file.commit()
    }
    #expect(error?.code == .exists)
    #expect(folder.names == ["a"] && folder.bytes(of: "a") == [9])
  }

  @Test func replacesInOneStepWhenAskedTo() throws {
    let path = folder.write([9, 9], to: "a")
    chmod(path, 0o600)
    var file = try AtomicFile(path: path, overwrite: true)
    try file.append([1])
    #expect(folder.bytes(of: "a") == [9, 9])
    try file.commit()
    #expect(folder.names == ["a"] && folder.bytes(of: "a") == [1])
    let permissions = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(permissions == 0o600)
  }

  @Test func writesThroughALinkAndKeepsIt() throws {
    folder.write([9], to: "real")
    symlink(folder["real"], folder["link"])
    #expect(fileError { _ = try AtomicFile(path: folder["link"]).path }?.code == .exists)
    var file = try AtomicFile(path: folder["link"], overwrite: true)
    try file.append([1])
    try file.commit()
    #expect(folder.bytes(of: "real") == [1])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder["link"]) == folder["real"])
  }

  @Test func refusesNamesThatNoFileCanHave() throws {
    mkfifo(folder["fifo"], 0o644)
    let expectations: [(String, String)] = [
      (folder.path, "expected a file or nothing under this name, found a directory"),
      (folder["fifo"], "expected a file or nothing under this name, found a FIFO"),
      ("/dev/null", "expected a file or nothing under this name, found a device"),
      ("", "expected the name of a file to write, found a name that no file can have"),
      (folder["a/"], "expected the name of a file to write, found a name that no file can have"),
      ("a\0b", "expected the name of a file to write, found a name that no file can have"),
      (folder["none/a"], "cannot be created in the folder '\(folder["none"])': No such file or directory"),
    ]
    for (path, message) in expectations {
      for overwrite in [false, true] {
        let error = fileError { _ = try AtomicFile(path: path, overwrite: overwrite).path }
        #expect(error == FileError(.cannotCreate, path: path, message))
      }
    }
    #expect(folder.names == ["fifo"])
  }

  @Test func takesTheLongestNames() throws {
    let name = String(repeating: "ä", count: 127)
    var file = try AtomicFile(path: folder[name])
    try file.append([1])
    try file.commit()
    #expect(folder.names.count == 1 && folder.bytes(of: name) == [1])
  }
}
