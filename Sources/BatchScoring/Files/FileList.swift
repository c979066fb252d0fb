internal import AdaptiveSoftmax
internal import TensorFiles

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Names of files as people give them: one by one, by folder, by pattern, by list.
struct FileList {
  let paths: [String]
  /// Whether they are several, or the files of a folder, which are any number.
  let isMany: Bool

  /// Finds the files that arguments stand for.
  ///
  /// - Throws: `ScoringError` (`missingInput`: a name or a pattern that no file has, or an empty folder).
  init(_ arguments: [String]) throws(ScoringError) {
    var paths: [String] = []
    var isMany = arguments.count > 1
    for argument in arguments {
      if Self.isFolder(argument) {
        isMany = true
        let found = try Self.matches(Self.joined(Self.escaped(argument), "*.npy"))
        guard !found.isEmpty else {
          throw ScoringError(.missingInput, "\(argument): expected .npy files in this directory, found none")
        }
        paths += found
      } else if !Self.exists(argument), argument.contains(where: { "*?[".contains($0) }) {
        let found = try Self.matches(argument)
        guard !found.isEmpty else {
          throw ScoringError(.missingInput, "\(argument): expected files whose names match, found none")
        }
        paths += found
        // A pattern is what a shell would have made of it.
        isMany = isMany || found.count > 1
      } else {
        guard argument == "-" || Self.exists(argument) else {
          throw ScoringError(.missingInput, "\(argument): cannot be opened: \(String(cString: strerror(ENOENT)))")
        }
        paths.append(argument)
      }
    }
    self.paths = paths
    self.isMany = isMany
  }

  /// The lines of a list: a file of hidden states, and its targets behind a tab.
  static func manifest(_ path: String) throws(ScoringError) -> [JobFiles.Item] {
    var pairs: [JobFiles.Item] = []
    for (number, line) in try TextFile.lines(of: path).enumerated() {
      let place = "\(path): line \(number + 1)"
      guard String(validating: line, as: UTF8.self) != nil else {
        throw ScoringError(.data, "\(place): expected names in UTF-8, found others; rename the files")
      }
      let fields = line.split(separator: UInt8(ascii: "\t")).map { String(decoding: $0, as: UTF8.self) }
      switch fields.count {
      case 0: continue
      case 1: pairs.append(JobFiles.Item(hidden: fields[0], target: nil, place: place))
      case 2: pairs.append(JobFiles.Item(hidden: fields[0], target: fields[1], place: place))
      default:
        throw ScoringError(
          .data,
          "\(place): expected a file of hidden states and, behind a tab, its targets, found \(fields.count) names; "
            + "give one pair a line")
      }
      if let missing = fields.first(where: { !exists($0) }) {
        throw ScoringError(
          .missingInput,
          "\(place): expected a file of hidden states and, behind a tab, its targets, found a name that no file has, "
            + "\(missing.quoted); correct it")
      }
    }
    guard !pairs.isEmpty else {
      throw ScoringError(.data, "\(path): expected a file of hidden states a line, found none; list the files")
    }
    return pairs
  }

  static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  static func joined(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// The name without its folder and its `.npy`.
  static func stem(of path: String) -> String {
    let name = name(of: path)
    return name.hasSuffix(".npy") && name.utf8.count > 4 ? String(name.dropLast(4)) : name
  }

  /// The files of a pattern, sorted by the bytes of their names.
  ///
  /// - Throws: `ScoringError` (`missingInput`; `data`: a name that is not UTF-8).
  private static func matches(_ pattern: String) throws(ScoringError) -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    switch glob(pattern, GLOB_NOSORT, nil, &found) {
    case 0:
      let count = Int(found.gl_pathc)
      var paths: [String] = []
      for case let name? in (0..<count).map({ found.gl_pathv[$0] }) {
        guard let path = String(validatingCString: name) else {
          throw ScoringError(
            .data, "\(String(cString: name)): expected a name in UTF-8, found another; rename the file")
        }
        paths.append(path)
      }
      return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    case GLOB_NOMATCH: return []
    default: throw ScoringError(.missingInput, "\(pattern): cannot be expanded: \(String(cString: strerror(errno)))")
    }
  }

  /// A name as a pattern that only it has.
  private static func escaped(_ path: String) -> String {
    path.reduce(into: "") { $0 += "*?[\\".contains($1) ? "\\\($1)" : "\($1)" }
  }
}
