import WeftFiles
import WeftTensors

/// The key-value pairs of an output: its parent's, and the recipe that it was made by.
struct OutputMetadata {
  /// The key of the recipe.
  static let recipeKey = "weft.recipe"
  /// Keys that say something of the parent's bytes, which is not true of the output.
  static let parentsOwn: Set<String> = [
    "modelspec.hash_sha256", "sshs_model_hash", "sshs_legacy_hash", "c2pa:manifest",
  ]

  let recipe: FuseRecipe
  let base: BaseModel
  let sources: [AdapterSource]
  let normBase: BaseModel?
  let vae: BaseModel?
  let layout: String
  /// The files whose hashes are to be filled in while the output is written.
  let hashes: PendingHashes

  /// The parent's pairs, without its own hashes, and the canonical recipe.
  func entries(recipe: JSONValue) -> [String: String] {
    var entries = base.checkpoint.metadata.filter { !Self.parentsOwn.contains($0.key) }
    // Loaders of the Python library ask for it; a parent's own word wins.
    entries["format"] = entries["format"] ?? "pt"
    entries[Self.recipeKey] = recipe.compactText
    return entries
  }

  /// The recipe as a value: everything that decides the output's bytes, and nothing that does not.
  func recipeValue() -> JSONValue {
    members().canonical
  }

  private func members() -> JSONValue {
    .object([
      "version": .integer(1),
      "operation": .string("fuse"),
      "base": parents(base.checkpoint),
      "adapters": .array(sources.map(adapterValue)),
      "norm": .string(recipe.normMode.rawValue),
      "norm_base": normBase.map { parents($0.checkpoint) },
      "vae": vae.map { parents($0.checkpoint) },
      "dtype": recipe.dtype.map { .string($0.rawValue) },
      "layout": .string(layout),
      "alpha_zero": recipe.alphaZero == .refused ? nil : .string(recipe.alphaZero.rawValue),
      "allow_unmatched": recipe.allowedUnmatched.isEmpty ? nil : .strings(recipe.allowedUnmatched),
    ])
  }

  private func adapterValue(_ source: AdapterSource) -> JSONValue {
    let request = source.request
    return .object([
      "files": .array(source.parts.flatMap { fingerprints($0.checkpoint) }),
      "unet": .number(request.unetScale),
      "te": .number(request.textEncoderScale),
      "norm": .number(request.normWeight),
    ])
  }

  private func parents(_ checkpoint: Checkpoint) -> JSONValue {
    .array(fingerprints(checkpoint))
  }

  /// What tells a file apart cheaply: its size and the hash of its header; all of it only when asked for.
  private func fingerprints(_ checkpoint: Checkpoint) -> [JSONValue] {
    zip(checkpoint.files, checkpoint.fingerprints).map { file, fingerprint in
      .object([
        "header_sha256": .string(fingerprint),
        "bytes": .integer(file.byteCount),
        "sha256": recipe.hashesParents ? .string(hashes.placeholder(for: file)) : nil,
      ])
    }
  }
}
