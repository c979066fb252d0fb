import Foundation
import Testing

@testable import TensorFiles

/// Asking whether another process writes, which leaves no trace; locks are those of open files, so this process will do.
struct PlatformBusyTests {
  @Test func whatIsWrittenIsBusy() throws {
    let folder = Folder()
    let (output, journal) = (folder["out.npy"], folder["score.journal"])
    func check() throws {
      try PartialFile.checkFree(path: output)
      try LockFile.checkFree(guarding: journal)
    }
    try check()
    #expect(folder.names == [])
    do {
      let partial = try PartialFile(path: output, overwrite: false)
      #expect(throws: FileError.self) { try PartialFile.checkFree(path: output) }
      withExtendedLifetime(partial) {}
    }
    do {
      let lock = try LockFile(guarding: journal)
      #expect(throws: FileError.self) { try LockFile.checkFree(guarding: journal) }
      withExtendedLifetime(lock) {}
    }
    // What a process that ended left keeps nobody out.
    try check()
    #expect(folder.names == ["out.npy.partial"])
  }
}
