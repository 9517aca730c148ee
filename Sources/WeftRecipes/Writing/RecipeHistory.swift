package import WeftFormats
import WeftTensors

/// How the models of a recipe were made, as far as their own metadata tells.
package struct RecipeHistory: Sendable {
  /// How one model was made.
  package struct Entry: Sendable {
    /// The name of the model in the recipe that reads it.
    package let model: String
    /// The recipe, or nil when the model's metadata has one that is not weft's.
    package let recipe: MergeRecipe?
  }

  /// The models that were made by recipes, oldest first.
  package let entries: [Entry]

  /// Follows the models of a recipe to those that were made by none.
  package init(of recipe: MergeRecipe, path: String, library: FormatLibrary) {
    var entries: [Entry] = []
    var seen: Set<[FileIdentity]> = []
    // Depth first, so that what a model was made of comes before it; recipes are nested no deeper than JSON may be.
    func follow(_ recipe: MergeRecipe) {
      for model in recipe.models where seen.insert(model.files).inserted {
        guard let history = model.history else { continue }
        let past = try? MergeRecipe(metadata: history, path: path, library: library)
        if let past { follow(past) }
        entries.append(Entry(model: model.name, recipe: past))
      }
    }
    follow(recipe)
    self.entries = entries
  }
}
