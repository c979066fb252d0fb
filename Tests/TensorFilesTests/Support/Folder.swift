import AdaptiveSoftmax
import Foundation
import TensorFiles

/// A folder of its own for a test, removed with it.
final class Folder {
  let path: String

  init() {
    path = NSTemporaryDirectory() + "tensor-files-" + UUID().uuidString
    try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    chmod(path, 0o755)
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The names in the folder, hidden ones included.
  var names: [String] { try! FileManager.default.contentsOfDirectory(atPath: path).sorted() }

  subscript(name: String) -> String { path + "/" + name }

  /// Writes a file and returns its path.
  @discardableResult
  func write(_ bytes: [UInt8], to name: String) -> String {
    try! Data(bytes).write(to: URL(fileURLWithPath: self[name]))
    return self[name]
  }

  func bytes(of name: String) -> [UInt8] { [UInt8](FileManager.default.contents(atPath: self[name]) ?? Data()) }

  func truncate(_ name: String, to size: Int) {
    let handle = FileHandle(forWritingAtPath: self[name])!
    try! handle.truncate(atOffset: UInt64(size))
    try! handle.close()
  }
}

/// A file of Tests/Fixtures.
func fixture(_ name: String) -> String {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/\(name)").path
}

func contents(_ path: String) -> [UInt8] { [UInt8](FileManager.default.contents(atPath: path)!) }

/// The error that `body` throws; nil when it throws none.
func fileError(_ body: () throws -> Void) -> FileError? {
  do {
    try body()
    return nil
  } catch {
    return error as? FileError
  }
}

extension Tensor {
  init(_ shape: [Int], _ scalars: [Scalar]) {
    try! self.init(shape: shape) { _ = $0.initialize(from: scalars) }
  }

  var scalars: [Scalar] { withUnsafeBufferPointer { Array($0) } }
}

/// The little-endian bytes of integers.
func bytes<Value: FixedWidthInteger>(_ values: [Value], bigEndian: Bool = false) -> [UInt8] {
  values.flatMap { value in withUnsafeBytes(of: bigEndian ? value.bigEndian : value.littleEndian) { Array($0) } }
}
