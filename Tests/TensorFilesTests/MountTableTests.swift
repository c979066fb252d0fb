#if os(Linux)
  import Testing

  @testable import TensorFiles

  struct MountTableTests {
    @Test func findsTheFileSystemOfADevice() {
      let table = """
        22 1 259:3 / / rw,relatime shared:1 - ext4 /dev/root rw
        36 22 0:42 / /mnt/data rw - nfs4 server:/data rw
        37 22 0:43 /a\\040b /mnt/fuse rw shared:2 master:1 - fuse.sshfs host: rw
        broken
        38 22 0:44 / /x rw -
        """
      #expect(MountTable.fileSystem(ofDevice: 259 << 8 | 3, in: table) == "ext4")
      #expect(MountTable.fileSystem(ofDevice: 42, in: table) == "nfs4")
      #expect(MountTable.fileSystem(ofDevice: 43, in: table) == "fuse.sshfs")
      #expect(MountTable.fileSystem(ofDevice: 44, in: table) == nil)
      #expect(MountTable.fileSystem(ofDevice: 0x10_002C, in: table) == nil)
    }

    @Test func mapsOnDisksOnly() {
      for type in ["ext4", "xfs", "btrfs", "tmpfs", "overlay", "zfs"] { #expect(MountTable.isLocal(type)) }
      for type in ["nfs", "nfs4", "lustre", "ceph", "fuse", "fuse.s3fs", "fuseblk", "cifs", "9p"] {
        #expect(!MountTable.isLocal(type))
      }
    }
  }
#endif
