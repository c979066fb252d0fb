import Foundation
import Testing

@testable import TensorFiles

struct PartialFileTests {
  let folder = Folder()

  @Test func staysUntilItIsWhole() throws {
    do {
      let file = try PartialFile(path: folder["a"], overwrite: false, keeping: 0)
      try file.append([1, 2, 3])
    }
    #expect(folder.names == ["a.partial"])
    let file = try PartialFile(path: folder["a"], overwrite: false, keeping: 2)
    try file.append([9])
    try file.synchronize()
    try file.commit()
    #expect(folder.names == ["a"] && folder.bytes(of: "a") == [1, 2, 9])
  }

  @Test func oneProcessWritesAtATime() throws {
    let file = try PartialFile(path: folder["a"], overwrite: false, keeping: 0)
    let error = fileError { _ = try PartialFile(path: folder["a"], overwrite: false, keeping: 0) }
    #expect(error?.code == .exists && error?.description.contains("another process") == true)
    file.remove()
    #expect(folder.names == [])
  }

  @Test func fewerBytesThanRecordedAreRefused() throws {
    folder.write([1], to: "a.partial")
    let error = fileError { _ = try PartialFile(path: folder["a"], overwrite: false, keeping: 2) }
    #expect(error?.code == .truncated)
    #expect(folder.bytes(of: "a.partial") == [1])
  }

  @Test func aTakenNameIsKept() throws {
    folder.write([5], to: "a")
    #expect(fileError { _ = try PartialFile(path: folder["a"], overwrite: false, keeping: 0) }?.code == .exists)
    let file = try PartialFile(path: folder["a"], overwrite: true, keeping: 0)
    try file.append([6])
    #expect(folder.bytes(of: "a") == [5])
    try file.commit()
    #expect(folder.bytes(of: "a") == [6] && folder.names == ["a"])
  }

  @Test func theEndTellsWhatWasWritten() throws {
    let file = try PartialFile(path: folder["a"], overwrite: false, keeping: 0)
    try file.append([UInt8](repeating: 1, count: 100_000))
    let digest = try file.endDigest()
    try file.append([2])
    #expect(try file.endDigest() != digest)
    file.truncate(to: 100_000)
    #expect(try file.endDigest() == digest && file.count == 100_000)
    file.remove()
  }

  @Test func aSealedFileIsNamedFromAnyMomentOfItsNaming() throws {
    folder.write([1, 2], to: "a.partial")
    try PartialFile.commitSealed(path: folder["a"], bytes: 2, overwrite: false)
    #expect(folder.names == ["a"])
    try PartialFile.commitSealed(path: folder["a"], bytes: 2, overwrite: false)
    try FileManager.default.linkItem(atPath: folder["a"], toPath: folder["a.partial"])
    try PartialFile.commitSealed(path: folder["a"], bytes: 2, overwrite: false)
    #expect(folder.names == ["a"] && folder.bytes(of: "a") == [1, 2])
    #expect(
      fileError { try PartialFile.commitSealed(path: folder["b"], bytes: 2, overwrite: false) }?.code == .truncated)
  }
}
