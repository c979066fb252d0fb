#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Memory for bytes of a file that is not mapped, aligned to cache lines; freed with the value.
struct ReadBuffer: ~Copyable {
  let bytes: UnsafeMutableRawBufferPointer

  /// - Throws: `FileError` (`readFailed`) when there is no memory for so many bytes of the file at `path`.
  init(byteCount: Int, path: String) throws(FileError) {
    var start: UnsafeMutableRawPointer?
    guard posix_memalign(&start, 64, max(byteCount, 1)) == 0 else {
      throw FileError(.readFailed, path: path, "out of memory: \(byteCount) bytes to read into could not be allocated")
    }
    bytes = UnsafeMutableRawBufferPointer(start: start, count: byteCount)
  }

  deinit { free(bytes.baseAddress) }
}
