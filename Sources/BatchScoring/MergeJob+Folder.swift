internal import TensorFiles

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

extension MergeJob {
  /// Runs `body` with a folder for its outputs; one that was made for it goes again where an error leaves nothing in it.
  ///
  /// - Throws: what `body` throws.
  public static func withFolder<Value>(
    _ folder: String, _ body: () throws(ScoringError) -> Value
  ) throws(ScoringError) -> Value {
    let isNew = Platform.makeFolder(folder)
    do {
      return try body()
    } catch {
      if isNew { rmdir(folder) }
      throw error
    }
  }
}
