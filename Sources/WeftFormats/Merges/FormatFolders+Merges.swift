import WeftTensors

extension FormatFolders {
  /// The merge methods, sorted by name.
  mutating func mergeMethods() throws(FormatError) -> [MergeMethod] {
    var methods: [MergeMethod] = []
    for (file, value) in folder("merges") { methods.append(try MergeMethod(value, file: file)) }
    return methods.sorted { $0.id < $1.id }
  }
}
