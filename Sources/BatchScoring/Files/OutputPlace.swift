/// Where the name of an output says that outputs go: to a file, or into a folder under the inputs' names.
public enum OutputPlace: Sendable {
  /// A file.
  case file
  /// A folder: each output is in it, under the name of its input.
  case folder
  /// The name says nothing: that of one output is its own, several are in a folder.
  case either

  /// A name that ends in a slash is a folder's, one with an output's extension a file's, any other that of a folder where
  /// there is one.
  public init(_ path: String) {
    if path.hasSuffix("/") {
      self = .folder
    } else if Self.fileExtension(of: path) != nil {
      self = .file
    } else {
      self = FileList.isFolder(path) ? .folder : .either
    }
  }

  /// The extension of an output that the name has, in either case; nil for any other.
  static func fileExtension(of path: String) -> String? {
    let path = path.lowercased()
    return (["npy"] + TextFormat.allCases.map(\.rawValue)).first { path.hasSuffix(".\($0)") }
  }
}
