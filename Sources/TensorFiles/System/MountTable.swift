#if os(Linux)
  #if canImport(Glibc)
    internal import Glibc
  #else
    internal import Musl
  #endif

  /// The file systems of this machine by /proc/self/mountinfo: fstatfs, which names them too, is not in Swift's C library modules.
  enum MountTable {
    /// The type of the file system on a device, such as `ext4` or `nfs4`; nil when it is not listed.
    static func fileSystem(ofDevice device: UInt64) -> String? {
      fileSystem(ofDevice: device, in: String(decoding: contents(of: "/proc/self/mountinfo"), as: UTF8.self))
    }

    /// The same in the text of a mountinfo: `36 35 98:0 /root /mount rw shared:1 - ext4 /dev/sda rw`.
    static func fileSystem(ofDevice device: UInt64, in table: String) -> String? {
      let major = (device >> 8 & 0xFFF) | (device >> 32 & ~0xFFF)
      let minor = (device & 0xFF) | (device >> 12 & ~0xFF)
      let number = "\(major):\(minor)"
      for line in table.split(separator: "\n") {
        let fields = line.split(separator: " ")
        guard fields.count > 2, fields[2] == number, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count
        else { continue }
        return String(fields[dash + 1])
      }
      return nil
    }

    /// False for file systems of the network and of user space, where a mapping faults slowly or not at all.
    static func isLocal(_ type: String) -> Bool {
      let remote = ["nfs", "nfs4", "lustre", "ceph", "cifs", "smb3", "9p", "virtiofs", "gpfs", "beegfs", "afs"]
      return !remote.contains(type) && !type.hasPrefix("fuse")
    }

    /// A file of /proc: these have no size to ask for, only an end.
    private static func contents(of path: String) -> [UInt8] {
      let descriptor = Platform.retrying { open(path, O_RDONLY | O_CLOEXEC) }
      guard descriptor >= 0 else { return [] }
      defer { close(descriptor) }
      var contents: [UInt8] = []
      var block = [UInt8](repeating: 0, count: 16384)
      while true {
        let count = Platform.retrying { read(descriptor, &block, block.count) }
        guard count > 0 else { return contents }
        contents += block[..<count]
      }
    }
  }
#endif
