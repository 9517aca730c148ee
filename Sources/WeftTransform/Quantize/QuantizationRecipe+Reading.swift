package import WeftFiles
package import WeftFormats
package import WeftRecipes
import WeftTensors

extension QuantizationRecipe {
  /// The quantisation that a recipe's text or a model's metadata asks for.
  package init(_ recipe: RecipeQuantization) {
    self.init(type: recipe.type)
    rules = recipe.rules.compactMap(Rule.init(text:))
    encoder = Encoder(rawValue: recipe.encoder) ?? .ggml
    policy = recipe.policy
    importancePath = recipe.imatrix
    importanceSHA256 = recipe.imatrixSHA256
    requantizes = recipe.requantizes
    saturates = recipe.saturates
    chosen = recipe.chosen
  }

  /// The importance matrix, which must be the one that the recipe names; nil when the recipe is without.
  package func importance() throws -> ImportanceMatrix? {
    guard let importancePath else {
      guard importanceSHA256 == nil else {
        throw TransformError.refused(
          "the recipe quantises with an importance matrix, and its file is not given", at: nil,
          advice: "give it with --imatrix, or as 'imatrix' of the recipe's 'quantization'")
      }
      return nil
    }
    if let importanceSHA256 {
      let found = try InputFile.open(importancePath).sha256()
      guard found == importanceSHA256 else {
        throw TransformError.refused(
          "the importance matrix is not the recipe's: its SHA-256 starts with \(found.prefix(12)), "
            + "not \(importanceSHA256.prefix(12))",
          at: importancePath, advice: "give the one that the model was quantised with")
      }
    }
    return try ImportanceMatrix.read(importancePath)
  }
}

extension QuantizationRecipe.Rule {
  /// The rule of a text as `glob=type`; nil when it is none.
  package init?(text: String) {
    guard let split = text.lastIndex(of: "="), split != text.startIndex else { return nil }
    let type = text[text.index(after: split)...].lowercased()
    guard !type.isEmpty else { return nil }
    self.init(pattern: String(text[..<split]), type: type)
  }
}

extension Checkpoint {
  /// The form that the model's own recipe gives it; nil when it carries no recipe that can be read.
  package func recipeOutput(_ library: FormatLibrary) -> RecipeOutput? {
    guard let text = recipeText, let value = try? JSONValue(parsing: Array(text.utf8)) else {
      return nil
    }
    return try? MergeRecipe(metadata: value, path: path, library: library).output
  }
}
