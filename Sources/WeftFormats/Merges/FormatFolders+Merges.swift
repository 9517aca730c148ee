import WeftTensors

extension FormatFolders {
  /// The merge methods, sorted by name.
  mutating func mergeMethods() throws(FormatError) -> [MergeMethod] {
    var methods: [MergeMethod] = []
    for (file, value) in folder("merges") { methods.append(try MergeMethod(value, file: file)) }
    return methods.sorted { $0.id < $1.id }
  }

  /// The named curves of block weights: 26 numbers each.
  mutating func mergePresets() throws(FormatError) -> [String: [Double]] {
    let file = "merge-presets.json"
    let object = try FormatObject(try single(file), file: file, keys: ["presets"])
    var presets: [String: [Double]] = [:]
    for entry in try object.entries("presets") {
      let numbers = entry.value.elements?.compactMap(\.double) ?? []
      guard numbers.count == 26 else {
        throw object.failure("presets", "has not 26 numbers for '\(entry.key)'")
      }
      presets[entry.key] = numbers
    }
    return presets
  }
}
