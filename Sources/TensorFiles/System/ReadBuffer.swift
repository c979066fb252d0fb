/// Memory for bytes of a file that is not mapped; freed with the value.
struct ReadBuffer: ~Copyable {
  let bytes: UnsafeMutableRawBufferPointer

  /// - Throws: `FileError` (`readFailed`) when there is no memory for so many bytes of the file at `path`.
  init(byteCount: Int, path: String) throws(FileError) {
    guard let bytes = Platform.allocate(byteCount: byteCount) else {
      throw FileError(.readFailed, path: path, "out of memory: \(byteCount) bytes to read into could not be allocated")
    }
    self.bytes = bytes
  }

  deinit { Platform.deallocate(bytes) }
}
