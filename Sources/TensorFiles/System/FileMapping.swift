#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A whole file mapped private and read-only.
final class FileMapping: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer

  init(_ file: InputFile) throws(FileError) {
    guard let base = mmap(nil, file.size, PROT_READ, MAP_PRIVATE, file.descriptor, 0), base != MAP_FAILED else {
      throw FileError(.readFailed, path: file.path, "cannot be mapped: \(Platform.lastError)")
    }
    bytes = UnsafeRawBufferPointer(start: base, count: file.size)
  }

  /// The mapping that a mode asks for; nil where the file is to be read.
  static func map(_ file: InputFile, _ mode: IOMode) throws(FileError) -> FileMapping? {
    switch mode {
    case .read: nil
    case .mmap: try FileMapping(file)
    case .auto: file.isOnLocalDisk ? try? FileMapping(file) : nil
    }
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress!), bytes.count) }
}
