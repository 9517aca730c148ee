package import WeftFiles
import WeftRecipes
import WeftTensors

/// The key-value pairs of an output: its parent's, and the recipe that it was made by.
struct OutputMetadata {
  /// The key of the recipe.
  static let recipeKey = "weft.recipe"
  /// Keys that say something of the parent's bytes, which is not true of the output.
  static let parentsOwn: Set<String> = [
    "modelspec.hash_sha256", "sshs_model_hash", "sshs_legacy_hash", "c2pa:manifest",
  ]

  let choice: OutputRecipe
  let base: BaseModel
  /// The pairs of the model whose form the output has.
  let inherited: [String: String]
  let operation: RecipeOperation
  let vae: BaseModel?
  let layout: String
  /// The files whose hashes are to be filled in while the output is written.
  let hashes: PendingHashes

  /// The parent's pairs, without its own hashes, and the canonical recipe.
  func entries(recipe: JSONValue) -> [String: String] {
    var entries = inherited.filter { !Self.parentsOwn.contains($0.key) }
    // Loaders of the Python library ask for it; a parent's own word wins.
    entries["format"] = entries["format"] ?? "pt"
    entries[Self.recipeKey] = recipe.compactText
    return entries
  }

  /// The recipe as a value: everything that decides the output's values, and nothing that does not.
  func recipeValue() throws -> JSONValue {
    // A recipe of several steps names its models itself.
    if case .recipe(let recipe, _) = operation {
      guard let quantization = choice.quantization else { return recipe.metadataValue }
      let members = recipe.metadataValue.members ?? []
      return JSONValue.object(
        members + [JSONValue.Member("quantization", try quantization.value)]
      ).canonical
    }
    let common = JSONValue.object([
      "version": .integer(1),
      "operation": .string(operation.name),
      "base": .array(try parents(base.checkpoint)),
      "base_recipe": parentsRecipe,
      "vae": try vae.map { .array(try parents($0.checkpoint)) },
      "dtype": choice.dtype.map { .string($0.rawValue) },
      "quantization": try choice.quantization?.value,
      "layout": layout == "unknown" ? nil : .string(layout),
      "ema": choice.averages == .keep ? nil : .string(choice.averages.rawValue),
      "prune": choice.isPruned ? .bool(true) : nil,
      "allow_unmatched": choice.allowedUnmatched.isEmpty ? nil : .strings(choice.allowedUnmatched),
    ])
    let members = (common.members ?? []) + (try operation.members(parents: parents))
    return JSONValue.object(members).canonical
  }

  /// The recipe that the base itself carries, so that no step of a chain is lost.
  private var parentsRecipe: JSONValue? {
    guard let text = base.checkpoint.recipeText else { return nil }
    return (try? JSONValue(parsing: Array(text.utf8))) ?? .string(text)
  }

  /// What tells files apart cheaply: their size and the hash of samples; all of it only when asked for.
  private func parents(_ checkpoint: Checkpoint) throws -> [JSONValue] {
    zip(checkpoint.files, try checkpoint.sampleHashes()).map { file, hash in
      .object([
        "sample_sha256": .string(hash),
        "bytes": .integer(file.byteCount),
        "sha256": choice.hashesParents ? .string(hashes.placeholder(for: file)) : nil,
      ])
    }
  }
}

extension Checkpoint {
  /// The recipe that the model was made by; nil also when it was blanked, as a change in place without room for a new one
  /// does.
  package var recipeText: String? {
    guard let text = metadata[OutputMetadata.recipeKey], !text.utf8.allSatisfy({ $0 == 0x20 })
    else { return nil }
    return text
  }
}
