internal import CSoftmaxKernels
import Synchronization

/// Scratch of the kernels, kept between calls: a call takes one from the pool and puts it back, so that after the first
/// call nothing is allocated and calls from several tasks never share one.
///
/// One that has grown beyond `CallScratch.mostKept` bytes is given back when its call ends.
final class Workspace: @unchecked Sendable {
  let handle: OpaquePointer

  private static let pool = Mutex<[Workspace]>([])

  private init(_ handle: OpaquePointer) { self.handle = handle }

  deinit { smx_workspace_destroy(handle) }

  /// Lends a workspace to `body` for the time of one call.
  static func with<Result>(_ body: (OpaquePointer) throws(SoftmaxError) -> Result) throws(SoftmaxError) -> Result {
    let free = pool.withLock { $0.popLast() }
    let workspace: Workspace
    if let free {
      workspace = free
    } else if let handle = smx_workspace_create() {
      workspace = Workspace(handle)
    } else {
      throw SoftmaxError(.memory, "out of memory: a kernel's scratch could not be allocated")
    }
    defer {
      if workspace.bytes <= CallScratch.mostKept { pool.withLock { $0.append(workspace) } }
    }
    return try body(workspace.handle)
  }

  private var bytes: Int { smx_workspace_bytes(handle) }

  /// Bytes of the largest that is kept for the next calls.
  static var largestKept: Int { pool.withLock { $0.reduce(0) { max($0, $1.bytes) } } }
}
