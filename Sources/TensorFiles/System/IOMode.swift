#if canImport(Darwin)
  internal import Darwin
#endif

/// How the raw bytes of weights are reached.
///
/// A mapped file that another process truncates ends this one with SIGBUS: the system has no gentler answer. Files that are
/// replaced by renaming, as this library's writers do, are safe. `read` has no such danger.
public enum IOMode: String, Sendable, CaseIterable {
  /// Maps files on local disks and reads those on network and user-space file systems, where mapping is slow and fragile.
  case auto
  /// Maps the file, private and read-only.
  case mmap
  /// Copies each tensor's bytes by positioned reads.
  case read
}

extension InputFile {
  /// Whether the file is on a disk of this machine; false when that is not known.
  var isOnLocalDisk: Bool {
    #if canImport(Darwin)
      var status = statfs()
      return fstatfs(descriptor, &status) == 0 && status.f_flags & UInt32(MNT_LOCAL) != 0
    #else
      guard let type = MountTable.fileSystem(ofDevice: device) else { return false }
      return MountTable.isLocal(type)
    #endif
  }
}
