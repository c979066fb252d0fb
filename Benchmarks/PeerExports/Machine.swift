import AdaptiveSoftmax
import CLimits

/// Writes the names of our OpenMP runtime and variant into `text`, which holds `capacity` bytes.
@_cdecl("peer_runtime")
public func runtime(_ text: UnsafeMutablePointer<CChar>, _ capacity: Int) {
  let name = "\(Runtime.openMP), \(Runtime.variant ?? "no variant")"
  for (i, byte) in name.utf8CString.prefix(capacity).enumerated() { text[i] = byte }
}

/// The threads that a parallel region of ours really has.
@_cdecl("peer_team_size")
public func teamSize(_ threads: Int32) -> Int32 { Int32(Runtime.teamSize(threads: Int(threads))) }

@_cdecl("peer_limit_fma")
public func limitFMA(_ threads: Int32) -> Double { limit_fma(nil, threads) }

@_cdecl("peer_limit_copy")
public func limitCopy(_ bytes: Int, _ threads: Int32) -> Double { limit_copy(bytes, threads) }

@_cdecl("peer_limit_read")
public func limitRead(_ bytes: Int, _ threads: Int32) -> Double { limit_read(bytes, threads) }
