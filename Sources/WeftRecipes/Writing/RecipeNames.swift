/// Names that are free in a recipe.
struct RecipeNames {
  private var taken: Set<String>

  /// The names that are free once a model is gone.
  init(taken recipe: MergeRecipe, without model: String) {
    taken = Set(recipe.models.map(\.name) + recipe.steps.map(\.name)).subtracting([model])
  }

  /// A recipe with free names.
  mutating func renamed(_ recipe: MergeRecipe) -> MergeRecipe {
    var renamed = recipe
    // First to names that no text can have, so that no new name is taken for an old one.
    var names: [(mark: String, name: String)] = []
    let all = recipe.models.map(\.name) + recipe.steps.map(\.name)
    for (index, old) in all.enumerated() {
      let mark = "/\(index)"
      renamed = renamed.renaming(old, to: mark, everywhere: true)
      names.append((mark, free(old)))
    }
    for (mark, name) in names { renamed = renamed.renaming(mark, to: name, everywhere: true) }
    return renamed
  }

  private mutating func free(_ name: String) -> String {
    var candidate = name
    var count = 1
    while !taken.insert(candidate).inserted {
      count += 1
      candidate = "\(name)-\(count)"
    }
    return candidate
  }
}
