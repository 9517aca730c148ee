extension NameTemplate {
  /// The folder of the outputs that holds what is known of the runs.
  package static let stateFolder = ".weft"

  /// Whether a path that is joined to the folder of the outputs stays below it, and out of the state's folder.
  ///
  /// It must be asked again once the variables have values: an input may be called `...safetensors`.
  package static func staysBelow(_ path: String) -> Bool {
    let slash = UInt8(ascii: "/")
    let names = path.utf8.split(separator: slash).filter { !$0.elementsEqual(".".utf8) }
    return path.utf8.first != slash && !names.contains { $0.elementsEqual("..".utf8) }
      && !(names.first?.elementsEqual(stateFolder.utf8) ?? false)
  }
}
