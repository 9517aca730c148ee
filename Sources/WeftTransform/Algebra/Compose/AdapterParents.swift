import WeftFiles
import WeftTensors

extension Checkpoint {
  /// What tells a parent's files apart, as recipes have it: their sizes and the hashes of samples of them.
  func parentsValue() throws -> JSONValue {
    .array(
      zip(files, try sampleHashes()).map { file, hash in
        .object(["sample_sha256": .string(hash), "bytes": .integer(file.byteCount)])
      })
  }
}

extension AdapterForm {
  /// The members of a recipe that are about the form.
  var recipeMembers: [JSONValue.Member] {
    let value = JSONValue.object([
      "naming": .string(spelling),
      "dtype": dtype.map { .string($0.rawValue) },
      "rank": rank?.recipeValue,
      "conv_rank": convolutionRank?.recipeValue,
      "method": rank == nil ? nil : .string(method.rawValue),
      "family": isDense ? .string("diff") : nil,
    ])
    return value.members ?? []
  }
}

extension RankChoice {
  /// The choice as recipes have it.
  var recipeValue: JSONValue {
    let (name, number): (String, JSONValue) =
      switch rule {
      case .rank(let rank): ("rank", .integer(rank))
      case .energy(let part): ("energy", .number(part))
      case .frobenius(let part): ("frobenius", .number(part))
      case .ratio(let ratio): ("ratio", .number(ratio))
      }
    return .object(
      [JSONValue.Member(name, number)]
        + (minimum > 1 ? [JSONValue.Member("min", .integer(minimum))] : [])
        + (maximum < .max ? [JSONValue.Member("max", .integer(maximum))] : []))
  }
}

/// The metadata of an adapter that weft makes.
enum AdapterMetadata {
  /// The pairs of a new adapter: its recipe, and what kept of a parent's.
  static func entries(
    operation: String, _ members: [JSONValue.Member], keeping parent: [String: String] = [:]
  ) -> [String: String] {
    var entries = parent.filter { !OutputMetadata.parentsOwn.contains($0.key) }
    entries["format"] = entries["format"] ?? "pt"
    let common = [
      JSONValue.Member("version", .integer(1)), JSONValue.Member("operation", .string(operation)),
    ]
    entries[OutputMetadata.recipeKey] =
      JSONValue.object(common + members).canonical.compactText
    return entries
  }
}
