extension NameTemplate {
  /// The folder of the outputs that holds what is known of the runs.
  package static let stateFolder = ".weft"

  /// Whether a path that is joined to the folder of the outputs stays below it, and out of the state's folder.
  ///
  /// It must be asked again once the variables have values: an input may be called `...safetensors`.
  package static func staysBelow(_ path: String) -> Bool {
    let names = names(of: path)
    return path.utf8.first != slash && !names.contains("..") && names.first != stateFolder
  }

  /// The path in the one way in which it has no `.` and no slash too many.
  static func plainPath(_ path: String) -> String { names(of: path).joined(separator: "/") }

  /// The names between slashes, without those that mean nothing.
  private static func names(of path: String) -> [String] {
    path.utf8.split(separator: slash).map { String(Substring($0)) }.filter { $0 != "." }
  }

  private static let slash = UInt8(ascii: "/")
}
