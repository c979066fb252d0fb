import Foundation
import Testing

@testable import TensorFiles

struct PartialFileTests {
  let folder = Folder()

  @Test func staysUntilItIsWhole() throws {
    do {
      let file = try PartialFile(path: folder["a"], overwrite: false)
      try file.append([1, 2, 3])
    }
    #expect(folder.names == ["a.partial"])
    let file = try PartialFile(path: folder["a"], overwrite: false, keeping: mark([1, 2]))
    try file.append([9])
    try file.synchronize()
    try file.commit()
    #expect(folder.names == ["a"] && folder.bytes(of: "a") == [1, 2, 9])
  }

  @Test func oneProcessWritesAtATime() throws {
    let file = try PartialFile(path: folder["a"], overwrite: false)
    let error = fileError { _ = try PartialFile(path: folder["a"], overwrite: true) }
    #expect(error?.code == .busy && error?.description.contains("another process") == true)
    file.remove()
    #expect(folder.names == [])
  }

  /// A link to nothing has no permissions to give to what it is replaced by.
  @Test func aLinkToNothingGivesNoPermissions() throws {
    try FileManager.default.createSymbolicLink(atPath: folder["a"], withDestinationPath: "nothing")
    let file = try PartialFile(path: folder["a"], overwrite: true)
    let attributes = try FileManager.default.attributesOfItem(atPath: folder["a.partial"])
    #expect((attributes[.posixPermissions] as? Int ?? 0o777) & 0o111 == 0)
    file.remove()
  }

  /// A file that got its name, or lost it, between the opening and the lock is not written to.
  @Test func aFileWithoutItsNameIsNotLocked() throws {
    for rename in [true, false] {
      folder.write([1, 2], to: "a.partial")
      let descriptor = open(folder["a.partial"], O_RDWR)
      defer { close(descriptor) }
      try Platform.lock(descriptor, named: folder["a.partial"], for: folder["a"])
      #expect(unlink(folder["a.partial"]) == 0)
      if rename { folder.write([3], to: "a.partial") }
      let error = fileError { try Platform.lock(descriptor, named: folder["a.partial"], for: folder["a"]) }
      #expect(error?.code == .busy)
    }
  }

  /// Of a character of 25 bytes, no file's name has 50.
  @Test(arguments: [240, 241, 247, 250, 255])
  func longNamesLeaveRoom(count: Int) {
    for character in ["n", "\u{e4}", "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{200D}\u{1F466}"] {
      var name = String(repeating: character, count: count / character.utf8.count)
      while name.utf8.count < count { name += "n" }
      let partial = PartialFile.partialPath(of: folder[name])
      #expect(Platform.name(of: partial).utf8.count <= 255 && partial.hasSuffix(".partial"))
      #expect(partial != PartialFile.partialPath(of: folder[name + "n"]))
    }
  }

  @Test func oneProcessHasALock() throws {
    do {
      let lock = try LockFile(guarding: folder["a"])
      #expect(folder.names == ["a.lock"])
      #expect(fileError { _ = try LockFile(guarding: folder["a"]) }?.code == .busy)
      withExtendedLifetime(lock) {}
    }
    #expect(folder.names == [])
    folder.write([], to: "a.lock")
    #expect(fileError { _ = try LockFile(guarding: folder["a"]) } == nil, "one that was left behind")
  }

  private func mark(_ bytes: [UInt8]) -> PartialFile.Mark {
    PartialFile.Mark(bytes: bytes.count, digest: bytes.withUnsafeBytes { XXHash64.digest($0) })
  }

  @Test func otherBytesThanRecordedAreRefused() throws {
    folder.write([1], to: "a.partial")
    for (kept, code) in [([1, 2], .truncated), ([2], .malformed)] as [([UInt8], FileError.Code)] {
      #expect(fileError { _ = try PartialFile(path: folder["a"], overwrite: false, keeping: mark(kept)) }?.code == code)
      #expect(
        fileError { try PartialFile.commitSealed(path: folder["a"], as: mark(kept), overwrite: false) }?.code == code)
      #expect(folder.names == ["a.partial"] && folder.bytes(of: "a.partial") == [1])
    }
    #expect(
      fileError { _ = try PartialFile(path: folder["b"], overwrite: false, keeping: mark([1])) }?.code == .truncated)
    #expect(folder.names == ["a.partial"])
  }

  /// A byte far from the end is one that was written too.
  @Test func everyByteKeptIsCompared() throws {
    var bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 100) }
    let mark = mark(bytes)
    folder.write(bytes + [1], to: "a.partial")
    do { #expect(try PartialFile(path: folder["a"], overwrite: false, keeping: mark).mark == mark) }
    bytes[77] ^= 1
    folder.write(bytes, to: "a.partial")
    #expect(fileError { _ = try PartialFile(path: folder["a"], overwrite: false, keeping: mark) }?.code == .malformed)
  }

  @Test func aTakenNameIsKept() throws {
    folder.write([5], to: "a")
    #expect(fileError { _ = try PartialFile(path: folder["a"], overwrite: false) }?.code == .exists)
    let file = try PartialFile(path: folder["a"], overwrite: true)
    try file.append([6])
    #expect(folder.bytes(of: "a") == [5])
    try file.commit()
    #expect(folder.bytes(of: "a") == [6] && folder.names == ["a"])
  }

  @Test func theMarkTellsWhatWasWritten() throws {
    let file = try PartialFile(path: folder["a"], overwrite: false)
    try file.append([UInt8](repeating: 1, count: 100_000))
    let (mark, state) = (file.mark, file.state)
    try file.append([2])
    #expect(file.mark == self.mark([UInt8](repeating: 1, count: 100_000) + [2]))
    try file.restore(state)
    #expect(file.mark == mark && folder.bytes(of: "a.partial").count == 100_000)
    file.remove()
  }

  @Test func aSealedFileIsNamedFromAnyMomentOfItsNaming() throws {
    folder.write([1, 2], to: "a.partial")
    try PartialFile.commitSealed(path: folder["a"], as: mark([1, 2]), overwrite: false)
    #expect(folder.names == ["a"])
    try PartialFile.commitSealed(path: folder["a"], as: mark([1, 2]), overwrite: false)
    try FileManager.default.linkItem(atPath: folder["a"], toPath: folder["a.partial"])
    try PartialFile.commitSealed(path: folder["a"], as: mark([1, 2]), overwrite: false)
    #expect(folder.names == ["a"] && folder.bytes(of: "a") == [1, 2])
    #expect(
      fileError { try PartialFile.commitSealed(path: folder["b"], as: mark([1, 2]), overwrite: false) }?.code
        == .truncated)
  }
}
