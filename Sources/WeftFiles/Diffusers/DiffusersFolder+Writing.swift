import WeftTensors

extension DiffusersFolder {
  /// The component that holds the tensors of a single file which the layout has no place for.
  package static let extrasComponent = "extras"
  /// The file of those tensors; loaders pass over it.
  package static let extrasName = "ldm_extras.safetensors"
  /// The largest tensor data of a file, in bytes, as `save_pretrained` has it.
  package static let usualShardByteCount = 10_000_000_000

  /// The component and the name in it of a tensor that is spelled `component/name`.
  package static func split(_ name: String) -> (component: String?, name: String) {
    guard let slash = name.utf8.firstIndex(of: UInt8(ascii: "/")) else { return (nil, name) }
    return (String(name[..<slash]), String(name[name.index(after: slash)...]))
  }

  /// The small files of a folder, byte for byte, for the components that another folder keeps; `model_index.json` says
  /// of the others that they are not there.
  package static func companions(
    of folder: String, keeping components: [String]
  ) throws -> [SmallOutputFile] {
    guard Paths.exists(Paths.join(folder, indexName)) else {
      return try smallFiles(in: folder, prefix: "")
    }
    let index = try readJSON(
      Paths.join(folder, indexName), maximumByteCount: maximumIndexByteCount)
    let members = (index.members ?? []).map { member in
      let isWeightless = weightless.contains(member.key) || isSetting(member.value)
      return isWeightless || components.contains(member.key)
        ? member : JSONValue.Member(member.key, .array([.null, .null]))
    }
    var files = [
      SmallOutputFile(
        name: indexName, bytes: Array((JSONValue.object(members).prettyText + "\n").utf8))
    ]
    for member in members where !isSetting(member.value) && Paths.isPlainName(member.key) {
      files += try smallFiles(in: Paths.join(folder, member.key), prefix: member.key + "/")
    }
    return files
  }

  /// Components that have no weights.
  private static let weightless: Set<String> = [
    "scheduler", "tokenizer", "tokenizer_2", "tokenizer_3", "feature_extractor",
  ]

  /// Whether a value of the index is no component that is there.
  private static func isSetting(_ value: JSONValue) -> Bool {
    guard let pair = value.elements, pair.count == 2, pair[1].text != nil else { return true }
    return false
  }

  /// The largest file that is taken along, in bytes: vocabularies have a few megabytes.
  private static let largestCompanionByteCount = 32 << 20

  private static func smallFiles(in folder: String, prefix: String) throws -> [SmallOutputFile] {
    try Paths.names(in: folder).filter(isCompanion).map { name in
      SmallOutputFile(
        name: prefix + name,
        bytes: try smallFile(
          Paths.join(folder, name), maximumByteCount: largestCompanionByteCount))
    }
  }

  private static func isCompanion(_ name: String) -> Bool {
    (name.hasSuffix(".json") && !name.contains(".index.")) || name.hasSuffix(".txt")
      || name == "spiece.model"
  }
}
