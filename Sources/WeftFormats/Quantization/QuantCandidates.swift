import WeftTensors

/// The types that a search for a size or an error tries in some containers.
package struct QuantCandidates: Sendable {
  /// The containers, as formats are named.
  package let containers: [String]
  /// The names of the types.
  package let types: [String]
}

extension FormatLibrary {
  /// The names of the types that are tried in a container; none where sizes are not known before the output is written.
  package func candidates(in container: String) -> [String] {
    quantCandidates.first { $0.containers.contains(container) }?.types ?? []
  }
}

extension FormatFolders {
  /// The types that are tried, which must be among those that exist.
  mutating func quantCandidates(
    _ types: [QuantType]
  ) throws(FormatError) -> [QuantCandidates] {
    let file = "quants/candidates.json"
    let object = try FormatObject(try single(file), file: file, keys: ["candidates"])
    let known = Set(types.map(\.name))
    var candidates: [QuantCandidates] = []
    for row in try object.objects("candidates", keys: ["containers", "types"]) {
      let names = try row.texts("types")
      if let stray = names.first(where: { !known.contains($0) }) {
        throw row.failure("types", "names no type: \(stray)")
      }
      candidates.append(QuantCandidates(containers: try row.texts("containers"), types: names))
    }
    return candidates
  }
}
